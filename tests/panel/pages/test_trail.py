"""`/panel/audit`: who changed what, and is it all still there?"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from panel import audit
from panel.models import AuditEntry, AuditHead
from panel.pages import trail

pytestmark = pytest.mark.django_db

PAGE = "/panel/audit"
OLD = datetime(2026, 1, 2, 3, 30, tzinfo=UTC)


def numbers(inside: Client, query: str = "") -> list[int]:
    page = inside.get(f"{PAGE}?{query}").content.decode()
    return [int(each) for each in re.findall(r'class="under"> #(\d+)<', page)]


@pytest.fixture
def entries(inside: Client) -> list[int]:
    """The administrator's own login is the first."""
    AuditEntry.objects.all().delete()
    AuditHead.objects.all().delete()
    return [
        audit.note(None, "key.edit", "key 12", before={"rpm": 1}, after={"rpm": 2}, now=OLD),
        audit.note(None, "cost.set", "<b>gpt</b>", after={"units": 12_345}),
        audit.note(None, "key.delete", "key 12", before={"description": "读书群"}),
        audit.note(None, "strange.verb", "x"),
    ]


def test_it_says_what_changed_in_words(inside: Client, entries: list[int]) -> None:
    page = inside.get(PAGE).content.decode()
    assert numbers(inside) == entries[::-1]
    assert '<span class="old">1</span>' in page
    assert "12,345" in page
    assert "Key deleted" in page and "strange.verb" in page
    assert "&lt;b&gt;gpt&lt;/b&gt;" in page and "<b>gpt" not in page
    assert page.count('href="/api-key-admin/12"') == 1


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("group=key", [2, 0]),
        ("group=key&q=读书", [2]),
        ("target=key+12", [2, 0]),
        ("range=24h", [3, 2, 1]),
        ("to=2026-01-02T04:00", [0]),
        ("to=2026-01-02T04:00&tz=Asia/Shanghai", []),
        ("from=2026-01-02T11:00&to=2026-01-02T12:00&tz=Asia/Shanghai", [0]),
        ("from=soon&q=rpm", [0]),
        ("range=ages&group=", [3, 2, 1, 0]),
        ("q=%00", []),
    ],
)
def test_filters_live_in_the_address(
    inside: Client, entries: list[int], query: str, places: list[int]
) -> None:
    assert numbers(inside, query) == [entries[place] for place in places]


def test_a_time_that_cannot_be_read_is_said(inside: Client, entries: list[int]) -> None:
    assert "A time is written like" in inside.get(f"{PAGE}?from=soon").content.decode()


def test_pages_keep_the_filters(
    inside: Client, entries: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "SIZE", 1)
    page = inside.get(f"{PAGE}?group=key").content.decode()
    further = f"{PAGE}?group=key&amp;after={entries[2]}"
    assert f'href="{further}"' in page
    assert numbers(inside, f"group=key&after={entries[2]}") == [entries[0]]


def test_it_says_whether_the_entries_are_as_they_were_written(
    inside: Client, entries: list[int]
) -> None:
    last = audit.note(None, "cost.set", "after the gap")
    sound = inside.get(f"{PAGE}?q=gap").content.decode()
    assert "These entries are as they were written." in sound
    AuditEntry.objects.filter(pk=last).update(target="gap, by somebody else")
    page = inside.get(PAGE).content.decode()
    assert "These entries are as they were written." not in page
    assert page.count("not as it was written") == 1
    assert re.search(rf"before them: [\d, ]*{last}\.", page)


def test_htmx_gets_the_rows(inside: Client, entries: list[int]) -> None:
    headers = {"HX-Request": "true", "HX-Target": "trail"}
    answer = inside.get(f"{PAGE}?group=cost&q=&range=", headers=headers)
    assert answer["HX-Push-Url"] == f"{PAGE}?group=cost"
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize(("form", "mark"), [("csv", b"id,at"), ("jsonl", b'{"id"')])
def test_what_is_shown_can_be_taken_along(
    inside: Client, entries: list[int], form: str, mark: bytes
) -> None:
    page = inside.get(f"{PAGE}?group=cost").content.decode()
    assert f'href="{PAGE}/export?group=cost&amp;as={form}"' in page
    answer = inside.get(f"{PAGE}/export?group=cost&as={form}")
    assert isinstance(answer, StreamingHttpResponse)
    whole = answer.getvalue()
    assert mark in whole[:10]
    assert b"gpt" in whole and b"rpm" not in whole
    assert AuditEntry.objects.latest("id").action == "audit.export"


def test_empty_and_narrowed_are_two_things(inside: Client) -> None:
    assert "No entry is like that." in inside.get(f"{PAGE}?q=xyzzy").content.decode()
    AuditEntry.objects.all().delete()
    assert "Nothing was done yet" in inside.get(PAGE).content.decode()
