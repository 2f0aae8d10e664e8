from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from panel import audit
from panel.audit import search
from panel.audit.search import Wanted
from panel.models import AuditEntry

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def entries() -> None:
    told: list[tuple[str, str, dict[str, Any]]] = [
        ("key.create", "key 1", {"description": "读书群"}),
        ("key.delete", "key 2", {}),
        ("keyhole.look", "key 1", {}),
        ("cost.set", "gpt-5.5", {"units": 8}),
    ]
    for hour, (action, target, after) in enumerate(told):
        audit.note(None, action, target, after=after, now=NOON + timedelta(hours=hour))


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(), [4, 3, 2, 1]),
        (Wanted(group="key"), [2, 1]),
        (Wanted(action="key.delete"), [2]),
        (Wanted(target="key 1"), [3, 1]),
        (Wanted(text="读书"), [1]),
        (Wanted(text="GPT command"), [4]),
        (Wanted(text="gpt 读书"), []),
        (Wanted(text="%"), []),
        (Wanted(since=NOON + timedelta(hours=2)), [4, 3]),
        (Wanted(until=NOON + timedelta(hours=2)), [2, 1]),
    ],
    ids=repr,
)
def test_it_narrows(wanted: Wanted, ids: list[int]) -> None:
    assert [each.id for each in search.page(wanted).entries] == ids


def test_pages_go_on_where_the_last_one_ended() -> None:
    first = search.page(Wanted(), size=3)
    assert ([each.id for each in first.entries], first.next) == ([4, 3, 2], 2)
    rest = search.page(Wanted(), before=first.next, size=3)
    assert ([each.id for each in rest.entries], rest.next) == ([1], None)


def test_all_of_them_come_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_MANY", 3)
    assert [len(each) for each in search.every(Wanted())] == [3, 1]
    AuditEntry.objects.all().delete()
    assert list(search.every(Wanted())) == []
