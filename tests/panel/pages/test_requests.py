from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from keys import requests as log
from keys import services
from keys.models import ApiKey
from panel.pages.requests.shelf import SIZE
from tests.support.console import Person
from tests.support.records import NOON, record

pytestmark = pytest.mark.django_db

PAGE = "/panel/requests"


def text(client: Client, address: str = PAGE, **headers: str) -> str:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.get(address, headers=sent)
    assert answer.status_code == 200
    return answer.content.decode()


def models(page: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'class="name clamp"[^>]*>([^<]*)<', page)]


def link(page: str, word: str) -> str:
    found = re.search(rf'href="([^"]*)"[^>]*>{word}<', page)
    assert found is not None
    return unescape(found[1])


def test_an_empty_log_offers_a_first_call(inside: Client) -> None:
    page = text(inside)
    assert "No requests yet" in page
    assert "curl http://testserver/v1/chat/completions" in page


def test_a_row_says_what_happened(inside: Client, alice: Person) -> None:
    record(
        "r1",
        key_id=alice.id,
        upstream_model="gemini-2.5-pro-002",
        stream=True,
        dropped="seed, logit_bias",
        input_tokens=1_234,
    )
    page = text(inside)
    assert models(page) == ["gemini-2.5-pro"]
    for words in (
        *("gemini-2.5-pro-002", "gemini · of Ada", ">Alice<", "OpenAI Chat → Gemini"),
        *('class="state active"', "answered</span>", ">200<", "300 ms / 1.20 s", "streamed"),
        *("1,234 / 22", ">10<", 'title="seed, logit_bias"', f"/api-key-admin/{alice.id}"),
    ):
        assert words in page


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"status": 429, "error_code": "rate_limit_exceeded"}, "low"),
        ({"status": 502, "error_code": "upstream_failed"}, "spent"),
        ({"status": 200, "error_code": "upstream_failed"}, "expired"),
        ({"status": 499, "error_code": "client_disconnected"}, "off"),
        ({"status": 200, "error_code": "client_disconnected"}, "off"),
    ],
)
def test_a_failure_is_a_shape_and_a_word(
    inside: Client, values: dict[str, Any], state: str
) -> None:
    record(**values)
    page = text(inside)
    assert f'class="state {state}"' in page
    assert str(values["error_code"]) in page


FILTERS = [
    "from=2026-11-21T19:00&to=2026-11-21T21:00&tz=Asia/Shanghai",
    "from=2026-11-21T11:59:59Z&to=2026-11-21T13:30%2B01:00",
    "from=2026-11-21T11:00",
    "key=Alice",
    "key=ali",
    "model=PRO",
    "credential=7",
    "credential=ada",
    "provider=Gemini",
    "dialect=anthropic",
    "status=failed",
    "status=4xx",
    "status=429",
    "code=rate_limit_exceeded",
    "slow=1.5",
    "stream=yes",
    "dropped=1",
    "request=hers",
    "address=2001:",
]


@pytest.mark.parametrize("query", FILTERS)
def test_every_filter_lives_in_the_address(
    inside: Client, alice: Person, bob: Person, query: str
) -> None:
    record(
        "hers",
        key_id=alice.id,
        client_dialect="anthropic",
        status=429,
        error_code="rate_limit_exceeded",
        duration_ms=2_000,
        stream=True,
        dropped="seed",
        address="2001:db8::1",
    )
    record(
        "his",
        key_id=bob.id,
        at=NOON - timedelta(days=40),
        model="gpt-5.5",
        upstream_model="gpt-5.5",
        credential_id=8,
        credential_label="of Bob",
        provider="openai",
    )
    page = text(inside, f"{PAGE}?{query}")
    assert models(page) == ["gemini-2.5-pro"]
    # The table that can be taken along is narrowed by the same words.
    table = re.search(r'href="(/panel/requests/export[^"]*)"', page)
    assert table is not None
    answer = inside.get(unescape(table[1]))
    assert isinstance(answer, StreamingHttpResponse)
    assert [line[:3] for line in answer.getvalue().split(b"\r\n")[1:]] == [b"her", b""]


def test_unreadable_filters_are_named_and_left_out(inside: Client) -> None:
    record()
    page = text(inside, f"{PAGE}?from=soon&slow=nan&status=99&range=1y&stream=maybe")
    assert models(page) == ["gemini-2.5-pro"]
    assert page.count('role="alert"') == 5
    assert "A time is written like 2026-11-21T09:30" in page


@pytest.mark.parametrize(
    "query",
    [
        "from=0001-01-01T00:00&tz=Asia/Shanghai",
        "to=9999-12-31T23:59&tz=America/New_York",
        "tz=../../etc/passwd&from=2026-01-01T00:00",
        "key=99999999999999999999",
        "key=%00&model=%00&address=%ED%A0%80",
        "credential=" + "9" * 19,
        "slow=1e999",
        "model=" + "x" * 5_000,
        "status=%D9%A4%D9%A2%D9%A9",
    ],
)
def test_no_filter_breaks_the_page(inside: Client, query: str) -> None:
    record()
    text(inside, f"{PAGE}?{query}")


def test_a_choice_that_a_link_makes_is_shown(inside: Client) -> None:
    page = text(inside, f"{PAGE}?status=418&code=odd_code")
    assert '<option value="418" selected>418</option>' in page
    assert '<option value="odd_code" selected>' in page
    assert re.search(r"<details[^>]* open>", page)


def test_a_search_without_a_result_says_so(inside: Client) -> None:
    record()
    page = text(inside, f"{PAGE}?model=nothing")
    assert "No request is like that." in page
    assert "No requests yet" not in page


def test_pages_follow_each_other(inside: Client) -> None:
    for number in range(SIZE + 5):
        record(f"r{number}", ago=number, model=f"m{number}")
    first = text(inside)
    second = text(inside, link(first, "Older"))
    assert models(first) + models(second) == [f"m{number}" for number in range(SIZE + 5)]
    assert link(second, "Newest") == PAGE


def test_a_long_search_pauses_and_goes_on(inside: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*args: object, **words: object) -> log.Page:
        return whole(*args, **words, reach=2)  # type: ignore[arg-type]

    whole = log.page
    monkeypatch.setattr(log, "page", short)
    for number in range(4):
        record(f"r{number}", ago=number, model=f"m{number}")
    page = text(inside, f"{PAGE}?model=m3")
    assert "Searched back to" in page
    assert "No request like that so far." in page
    further = link(page, "Search further back")
    assert "model=m3" in further
    assert models(text(inside, further)) == ["m3"]


def test_a_cursor_of_another_list_begins_anew(inside: Client) -> None:
    answer = inside.get(f"{PAGE}?after=odd&model=m")
    assert answer.status_code == 303
    assert answer["Location"] == f"{PAGE}?model=m"


def test_a_whole_key_does_not_stay_in_the_address(inside: Client, alice: Person) -> None:
    answer = inside.get(f"{PAGE}?key={alice.secret}&status=429")
    assert answer["Location"] == f"{PAGE}?key={alice.id}&status=429"
    stranger = inside.get(f"{PAGE}?key=sk-{'x' * 43}")
    assert stranger["Location"] == f"{PAGE}?key=0"


def test_a_key_that_ended_keeps_its_name(inside: Client, alice: Person) -> None:
    record(key_id=alice.id)
    services.revoke(alice.id)
    page = text(inside)
    assert "Alice" in page
    assert f"/api-key-admin/{alice.id}" not in page
    assert models(text(inside, f"{PAGE}?key={alice.id}")) == ["gemini-2.5-pro"]


def test_htmx_gets_the_rows_and_a_clean_address(inside: Client) -> None:
    record()
    sent = {"HX-Request": "true", "HX-Target": "requests"}
    answer = inside.get(f"{PAGE}?model=pro&status=&key=&tz=UTC", headers=sent)
    assert "<html" not in answer.content.decode()
    assert models(answer.content.decode()) == ["gemini-2.5-pro"]
    assert answer["HX-Push-Url"] == f"{PAGE}?model=pro"


def test_it_follows_only_where_that_was_asked_for(inside: Client) -> None:
    record()
    assert 'id="following"' not in text(inside)
    page = text(inside, f"{PAGE}?follow=1&model=pro")
    assert f'hx-get="{PAGE}?model=pro&amp;follow=1" hx-trigger="every 3s' in page
    sent = {"HX-Request": "true", "HX-Target": "requests", "HX-Trigger": "following"}
    assert inside.get(f"{PAGE}?follow=1", headers=sent)["HX-Push-Url"] == "false"
    assert 'id="following"' not in text(inside, f"{PAGE}?follow=1&after=1.1")


ODD: Sequence[str] = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "{{ 7|add:7 }}{% now %}",
    "</title></textarea></pre><svg onload=alert(1)>",
    "javascript:alert(1)",
    "\u202ereversed \u2028 ~~~ &lt;b&gt;",
)
COLUMNS = (
    *("request_id", "address", "model", "upstream_model", "provider", "credential_label"),
    *("client_dialect", "upstream_dialect", "operation", "error_code", "detail", "dropped"),
)


class Marks(HTMLParser):
    """What a browser would make of a page, as far as it could do harm."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.scripts: list[str] = []
        self.handlers: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        if tag == "script" and not (values.get("src") or "").startswith("/static/"):
            self.scripts.append(str(values))
        self.handlers |= {name for name in values if name.startswith("on") or name == "autofocus"}
        if (values.get("href") or values.get("src") or "").startswith("javascript:"):
            self.scripts.append(str(values))


@pytest.mark.parametrize("odd", ODD)
def test_what_strangers_write_is_never_markup(inside: Client, alice: Person, odd: str) -> None:
    ApiKey.objects.filter(pk=alice.id).update(description=odd)
    for column in COLUMNS:
        values: dict[str, Any] = {column: odd[:32] if "dialect" in column else odd}
        record(values.pop("request_id", column), key_id=alice.id, status=502, **values)
    record("tried", attempts=json.dumps([[1, odd, odd, f"{odd}: {odd * 9}", 0.5]]))
    pages = [
        text(inside),
        text(inside, f"{PAGE}?model={quote(odd)}&key={quote(odd)}&code={quote(odd)}"),
    ]
    pages += [text(inside, f"{PAGE}/{quote(name, safe='')}") for name in (*COLUMNS[1:], "tried")]
    for page in pages:
        marks = Marks(page)
        assert marks.tags & {"img", "b"} == set()
        assert marks.scripts == []
        assert marks.handlers == set()


def test_the_list_is_the_administrators(console: Client, alice: Person) -> None:
    record("r1", key_id=alice.id)
    for address in (PAGE, f"{PAGE}/r1", f"{PAGE}/export"):
        answer = console.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login")


def test_times_are_absolute_on_hover(inside: Client) -> None:
    record(at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert 'title="2026-01-02 03:04:05 UTC"' in text(inside)
