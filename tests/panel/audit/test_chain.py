from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from panel.audit import chain


@dataclass(frozen=True)
class Row:
    id: int = 7
    at: datetime = datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=UTC)
    actor: str = "administrator"
    address: str = "192.0.2.1"
    action: str = "key.edit"
    target: str = "key 12"
    before: str = '{"rpm":1}'
    after: str = '{"rpm":2}'
    previous: str = "00"


KEY = chain.key(b"pepper")


def sealed(row: Row, key: bytes = KEY) -> str:
    # A frozen row reads like the model's.
    return chain.entry(row, key)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        {"id": 8},
        {"at": datetime(2026, 11, 21, 12, 0, 0, 6, tzinfo=UTC)},
        {"actor": "command"},
        {"address": ""},
        {"action": "key.delete"},
        {"target": "key 13"},
        {"before": '{"rpm": 1}'},
        {"after": "{}"},
        {"previous": "01"},
        {"actor": "administrator192.0.2.1", "address": ""},
    ],
    ids=str,
)
def test_every_field_is_sealed(other: dict[str, object]) -> None:
    assert sealed(replace(Row(), **other)) != sealed(Row())  # type: ignore[arg-type]


def test_a_moment_is_the_same_in_every_zone() -> None:
    there = Row().at.astimezone(timezone(timedelta(hours=8)))
    assert sealed(replace(Row(), at=there)) == sealed(Row())


def test_nobody_seals_without_the_secret() -> None:
    assert sealed(Row(), chain.key(b"another")) != sealed(Row())
    assert chain.key(b"pepper") != b"pepper"


def test_a_head_is_no_entry_and_counts() -> None:
    seals = {chain.head(1, "aa", KEY), chain.head(2, "aa", KEY), chain.head(1, "ab", KEY)}
    assert len(seals) == 3
    assert all(len(each) == 64 for each in (*seals, sealed(Row())))


def test_only_the_same_is_the_same() -> None:
    assert chain.same("a", "a") and not chain.same("a", "b") and not chain.same("é", "")
