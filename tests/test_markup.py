"""Every page, with a database full of attacks: texts stay texts, whoever wrote them.

What is in the URL map is looked at; so is every filter that a page offers, and every form is sent.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import get_resolver

from credentials.lending.rules import Openness
from gateway import headers, log
from panel import bridge, views
from panel.auth import entry
from panel.auth.door import Door
from panel.bridge import ModelRow, Place, Resolution
from panel.logs.handler import ring
from panel.pages import status
from tests.support import hostile
from tests.support.console import PASSWORD
from tests.support.hostile import SEED, TEXTS, TOKEN
from tests.support.markup import Page
from tests.support.pool import FakeGateway
from tests.support.routes import Route, walk
from tests.support.site import NOT_OURS, real_settings

__all__ = ["real_settings"]

# For whoever sets databases up: all is asked before the first test.
pytestmark = pytest.mark.django_db

ATTACK = TEXTS["everything"]
LANGUAGES = {"en": 'lang="en"', "zh-hans": 'lang="zh-Hans"'}
SINGLE = (1, 2, 3)
"""Rows whose own pages are looked at: what breaks out of everything, an address, and bidi."""
PART = {"hx_request": "true", "hx_target": "sheet-body"}
LAST = ("/logout", "/panel/security/leave", "/panel/security/password")
"""Forms after which nobody is logged in any more."""
ASKED = re.findall(
    r"\w+",
    "search text level model key state sort cursor next dialect provider credential address since "
    "until error_code code status range kind id q after page before actor action target origin tab "
    "group ended slower source label name way error error_description iss day span as",
)
"""What pages read from their address."""
HTML = "text/html"
FILES = {"text/csv", "text/plain", "application/json", "application/jsonl", "application/zip"}
_DIGITS = re.compile(r"\d+")


class Seen(NamedTuple):
    """An answer. `what` is the method, the path as the URL map has it, and how it was asked."""

    what: str
    status: int
    kind: str
    headers: Any
    text: str


class Gateway(FakeGateway):
    """What it knows is as hostile as the rest."""

    web: Any = None

    def models(self) -> list[ModelRow]:
        return [
            ModelRow(text, text, (Place(text, text, "gemini", True),), text, text, (text,))
            for text in TEXTS.values()
        ]

    def resolve(self, name: str) -> Resolution:
        places = (Place(name, name, "gemini", True),)
        told = ((name, name),)
        return Resolution(name, name, name, told, places, places, ((name, places),), name)

    def visit(self, address: str) -> None:
        return None


class Walker:
    """The administrator's browser, which keeps all that it is shown."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)
        self.seen: list[Seen] = []

    def ask(self, what: str, url: str, data: Any = None, **headers: str) -> Seen:
        """Underscores stand for dashes in `headers`."""
        sent = {"accept-language": "en"}
        sent |= {name.replace("_", "-"): text for name, text in headers.items()}
        send = self.client.get if what.startswith("GET") else self.client.post
        found: HttpResponse = send(url, data, headers=sent)  # type: ignore[assignment]
        kind = found.headers.get("Content-Type", "").partition(";")[0]
        body = b"".join(found) if found.streaming else found.content
        text = "" if kind.endswith("zip") else body.decode("utf-8", "replace")
        self.seen.append(Seen(what, found.status_code, kind, found.headers, text))
        return self.seen[-1]

    def walk(self, route: Route) -> None:
        for number in SINGLE if "{" in route.path else SINGLE[:1]:
            url = _address(route, number)
            if self.ask(f"GET {route.path} of row {number}", url).status == 405:
                return
        first = _address(route, 1)
        self.ask(f"GET {route.path} in zh-hans", first, accept_language="zh-hans")
        self.ask(f"GET {route.path} with a query", first, dict.fromkeys(ASKED, ATTACK), **PART)

    def follow(self) -> None:
        """Every filter, tab and order that a page offers."""
        known: dict[tuple[str, ...], str] = {}
        for link in [link for page in self.pages() for link in page.links]:
            parts = urlsplit(link)
            if parts.path.startswith("/") and parts.query and not parts.netloc:
                pairs = sorted(parse_qsl(parts.query))
                # Which row it names, or what somebody wrote, is no other view.
                told = (f"{name}={text if text.isalpha() else '#'}" for name, text in pairs)
                known.setdefault((_DIGITS.sub("#", parts.path), *told), link)
        for (path, *_), link in known.items():
            if not path.startswith("/static/"):
                self.ask(f"GET {link}", link)

    def fill_in(self) -> None:
        """Every form that is on a page, with attacks wherever one may write, and what it leads
        to."""
        forms = [form for page in self.pages() for form in page.forms]
        known = {_DIGITS.sub("#", form.action): form for form in reversed(forms)}
        for form in known.values():
            if form.action.startswith("/") and form.action not in LAST:
                fields = form.fields | dict.fromkeys(form.free, ATTACK)
                done = self.ask(f"POST {form.action}", form.action, fields)
                if done.status in (302, 303):
                    self.ask(f"GET after POST {form.action}", done.headers["Location"])

    def pages(self) -> list[Page]:
        return [parsed(each.text) for each in self.seen if each.kind == HTML]


parsed = cache(Page)


def _address(route: Route, number: int) -> str:
    names = ("key_id", "api_key", "credential", "id")
    known = {"request_id": f"request-{number}", "token": TOKEN, "path": "css/tokens.css"}
    return route.url(**dict.fromkeys(names, number), **known)


@pytest.fixture(scope="module")
def seen(
    django_db_setup: None, django_db_blocker: Any, real_settings: dict[str, Any]
) -> Iterator[list[Seen]]:
    ours = {name: value for name, value in real_settings.items() if name not in NOT_OURS}
    with (
        django_db_blocker.unblock(),
        override_settings(**ours),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        patch.setattr(entry, "door", Door(entry.verify))
        patch.setattr(ring, "clean", log.clean)
        with override_settings(POTLUCK=_config()):
            yield _walked()
        transaction.set_rollback(True)
    bridge.install(None)
    _forget()


def _config() -> Any:
    return dataclasses.replace(
        settings.POTLUCK,
        panel_password=PASSWORD,
        contributions=Openness.OPEN,
        contribution_terms=ATTACK,
        model_aliases=((ATTACK, "gemini"),),
        model_exclude=(ATTACK,),
    )


def _forget() -> None:
    """What is remembered between pages."""
    status._reports.clear()
    ring.clear()


def _walked() -> list[Seen]:
    _forget()
    hostile.fill(now := hostile.when())
    for text in TEXTS.values():
        ring.append(now.timestamp(), 40, text, text)
    bridge.install(cast(Any, Gateway()))
    walker = Walker()
    walker.ask("POST /login", "/login", {"password": PASSWORD})
    for route in walk(get_resolver()):
        walker.walk(route)
    walker.ask("GET /nowhere", f"/nowhere/{ATTACK}", {"q": ATTACK})
    walker.follow()
    walker.fill_in()
    return walker.seen


def pages(seen: list[Seen]) -> Iterator[tuple[Seen, Page]]:
    for each in seen:
        if each.kind == HTML and each.text:
            yield each, parsed(each.text)


@pytest.mark.parametrize("name", TEXTS)
def test_the_judge_sees_a_text_that_becomes_markup(name: str) -> None:
    """Written as it is, in one of the places where a template may write it."""
    text = TEXTS[name]
    places = ["<p>{}</p>", '<p title="{}"></p>', "<p title='{}'></p>", "<p title={}></p>"]
    places += ['<a href="{}"></a>', "<p>a {} b</p>"]
    found = [Page(place.format(text)) for place in places]
    harmless = {"a long word", "a formula", "controls", "a template", "a style"}
    told = any(page.problems or page.loose for page in found)
    assert told or name in harmless


def test_no_text_becomes_markup(seen: list[Seen]) -> None:
    faults = {f"{each.what}: {fault}" for each, page in pages(seen) for fault in page.problems}
    assert sorted(faults) == []


def test_the_attacks_are_there(seen: list[Seen]) -> None:
    """Else the walk would prove nothing."""
    attacked = {each.what for each in seen if SEED in each.text and each.status == 200}
    for path in ("", "panel", "api-key-admin", "panel/requests", "panel/log", "panel/models"):
        assert {f"GET /{path} of row 1", f"GET /{path} in zh-hans"} <= attacked
    assert len(attacked) > 100


def test_nothing_breaks(seen: list[Seen]) -> None:
    assert [each.what for each in seen if each.status == 500] == []


def test_pages_are_in_the_language_of_their_reader(seen: list[Seen]) -> None:
    for language, mark in LANGUAGES.items():
        said = [each for each in seen if each.what.endswith(f"in {language}") and each.kind == HTML]
        assert [each.what for each in said if each.text and mark not in each.text] == []


def test_every_page_has_a_strict_policy(seen: list[Seen]) -> None:
    """Also those that say that something went wrong."""
    broken = headers.middleware(views.broken)(RequestFactory().get("/", {"q": ATTACK}))
    kinds = [each.headers for each in seen if each.kind == HTML] + [broken.headers]
    assert len(kinds) > 100
    for found in kinds:
        policy = found["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert not re.search(r"unsafe-|\*|https?:", policy)


def test_whatever_is_no_page_is_not_taken_for_one(seen: list[Seen]) -> None:
    rest = [each for each in seen if each.kind != HTML and each.status != 204]
    assert {each.kind for each in rest} <= FILES | {"text/css", "image/svg+xml"}
    bare = [each.what for each in seen if each.headers.get("X-Content-Type-Options") != "nosniff"]
    assert bare == []


def test_no_cell_of_a_table_is_a_formula(seen: list[Seen]) -> None:
    tables = [each for each in seen if each.kind == "text/csv"]
    rows = [row for each in tables for row in csv.reader(io.StringIO(each.text))]
    assert any(SEED in cell for row in rows for cell in row)
    wrong = [cell for row in rows for cell in row if cell.lstrip().startswith(tuple("=+-@"))]
    assert [cell for cell in wrong if not re.fullmatch(r"-?\d+", cell)] == []


def test_no_name_in_a_table_reorders_what_stands_beside_it(seen: list[Seen]) -> None:
    places = {place for _, page in pages(seen) for place in page.loose if "<td" in place}
    assert sorted(places) == []
