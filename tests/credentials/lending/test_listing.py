"""Contributions for the administrator."""

from __future__ import annotations

import pytest

from credentials.lending import listing
from credentials.lending.states import State
from tests.credentials.lending.lender import reach

pytestmark = pytest.mark.django_db


def some(state: State, count: int) -> list[int]:
    return [reach(state, f"key-{state}-{number}").pk for number in range(count)]


def test_who_came_first_is_decided_on_first() -> None:
    waiting = some(State.QUARANTINED, 2)
    some(State.TESTING, 1)
    assert [row.pk for row in listing.pending()] == waiting


def test_pages_follow_each_other() -> None:
    ids = some(State.LENDING, 3)
    some(State.PAUSED, 1)
    first, after = listing.page(State.LENDING, size=2)
    assert [row.pk for row in first] == ids[:0:-1]
    second, end = listing.page(State.LENDING, after, size=2)
    assert ([row.pk for row in second], end) == (ids[:1], None)
    assert len(listing.page()[0]) == 4
    assert len(listing.page(size=-5)[0]) == 1


def test_a_row_brings_its_credential_without_the_secret() -> None:
    some(State.LENDING, 1)
    [row] = listing.page()[0]
    assert row.credential.provider == "gemini"
    assert {"sealed", "sealed_proxy"} <= row.credential.get_deferred_fields()
    assert "digest" in row.get_deferred_fields()


def test_it_counts_every_state() -> None:
    some(State.LENDING, 2)
    some(State.WITHDRAWN, 1)
    assert listing.counts() == dict.fromkeys(State, 0) | {State.LENDING: 2, State.WITHDRAWN: 1}
