from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client, override_settings

from panel.logs.handler import ring
from panel.logs.ring import Line

pytestmark = pytest.mark.django_db

LOG = "/panel/log"
REQUEST = "0" * 31 + "f"


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The ring as if nothing else had ever been logged."""
    monkeypatch.setattr(ring, "clean", lambda text: text.replace("\n", "\\n"))
    ring.clear()
    ring.append(0.0, 20, "potluck.requests", "a <b>call</b>", REQUEST)
    ring.append(0.0, 40, "potluck.proxy", "it broke\nTraceback (most recent call last):\n  here")
    yield
    ring.clear()


def lines(page: str) -> list[str]:
    listed = re.search(r'<ol id="log">(.*?)</ol>', page, re.DOTALL)
    assert listed is not None
    return re.findall(r"<li .*?</li>", listed[1], re.DOTALL)


def test_without_scripts_it_shows_the_last_lines(inside: Client) -> None:
    page = inside.get(LOG).content.decode()
    first, second = lines(page)
    assert "a &lt;b&gt;call&lt;/b&gt;" in first
    assert f'href="/panel/requests/{REQUEST}"' in first
    assert "log-request" not in second
    assert "it broke\nTraceback" in second
    assert f'href="{LOG}">Reload</a>' in page


@pytest.mark.parametrize(
    ("query", "count", "word"),
    [
        ({"level": "error"}, 1, '<option value="error" selected>'),
        ({"text": "<B>"}, 1, 'value="&lt;B&gt;"'),
        ({"text": "nothing"}, 0, "No line is like that yet."),
        ({"level": "loud"}, 2, '<option value="info" selected>'),
    ],
)
def test_filters_live_in_the_address(
    inside: Client, query: dict[str, str], count: int, word: str
) -> None:
    page = inside.get(LOG, query).content.decode()
    assert len(lines(page)) == count
    assert word in page


def test_it_can_be_cleared_and_brought_back(inside: Client) -> None:
    assert inside.post(f"{LOG}/clear")["Location"] == LOG
    page = inside.get(LOG).content.decode()
    assert "2 lines cleared." in page
    assert lines(page) == []
    form = re.search(r'action="/panel/log/restore" data-brief>(.*?)</form>', page, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(floor|run)" value="(\w+)"', form[1]))
    inside.post(f"{LOG}/restore", fields)
    assert len(lines(inside.get(LOG).content.decode())) == 2


@pytest.mark.parametrize(
    "fields", [{}, {"floor": "x", "run": ring.run}, {"floor": "0", "run": "other"}]
)
def test_what_was_cleared_elsewhere_is_not_brought_back(
    inside: Client, fields: dict[str, str]
) -> None:
    inside.post(f"{LOG}/clear")
    assert inside.post(f"{LOG}/restore", fields).status_code == 303
    assert lines(inside.get(LOG).content.decode()) == []


def test_it_says_whose_log_it_is_where_there_are_several(inside: Client) -> None:
    assert "WORKERS" not in inside.get(LOG).content.decode()
    with override_settings(POTLUCK=dataclasses.replace(settings.POTLUCK, workers=3)):
        assert "runs 3 processes (WORKERS)" in inside.get(LOG).content.decode()


def test_with_redis_it_says_that_all_are_here(
    inside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ring, "process", "web1:7")
    ring.take(Line(1, datetime(2026, 1, 1, tzinfo=UTC), "info", "test", "hi", "", "web2:8"), lost=0)
    with override_settings(POTLUCK=dataclasses.replace(settings.POTLUCK, workers=3)):
        page = inside.get(LOG).content.decode()
    assert "all processes that share REDIS_URL" in page
    assert "(WORKERS)" not in page
    assert "test web2:8" in lines(page)[-1]


def test_it_keeps_its_secrets_from_strangers(site: Client) -> None:
    for path in (LOG, f"{LOG}/clear", f"{LOG}/restore"):
        answer = site.post(path) if path != LOG else site.get(path)
        assert answer["Location"].startswith("/login")
    assert len(ring.after(ring.last - 2).entries) == 2
