from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from keys import rollup, tops
from keys.models import UsageDay
from keys.sums import TopKey
from tests.keys.conftest import Clock
from tests.support.records import record

pytestmark = pytest.mark.django_db(databases="__all__")

TODAY = Clock().now.date()


def used(using: str, key: int, units: int, back: int = 0, **columns: object) -> None:
    day = TODAY - timedelta(days=back)
    UsageDay.objects.using(using).create(key_id=key, day=day, units=units, **columns)


def kept(using: str, days: int) -> list[tuple[int, int]]:
    """Key and units."""
    rows = TopKey.objects.using(using).filter(days=days).order_by("place")
    return list(rows.values_list("key_id", "units"))


def test_each_span_has_its_own_list(using: str, clock: Clock) -> None:
    for key, units, back in ((1, 5, 0), (2, 7, 0), (1, 4, 6), (3, 90, 7), (4, 900, 30)):
        used(using, key, units, back, model="m")
    assert tops.run(clock(), using=using)
    assert kept(using, 1) == [(2, 7), (1, 5)]
    assert kept(using, 7) == [(1, 9), (2, 7)]
    assert kept(using, 30) == [(3, 90), (1, 9), (2, 7)]


Rows = list[tuple[int, int, int]]


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(0, 32), st.integers(0, 3)),
        max_size=60,
        unique_by=lambda row: row[:2],
    )
)
def test_they_are_those_that_adding_up_by_hand_finds(rows: Rows) -> None:
    tops.forget()
    UsageDay.objects.all().delete()
    for key, back, units in rows:
        used("default", key, units, back, model="m", calls=1)
    tops.run(Clock().now)
    for days in tops.SPANS:
        assert kept("default", days) == _by_hand(rows, days)


def _by_hand(rows: Rows, days: int) -> list[tuple[int, int]]:
    units: dict[int, int] = defaultdict(int)
    calls: dict[int, int] = defaultdict(int)
    for key, back, more in rows:
        if back < days:
            units[key] += more
            calls[key] += 1
    order = sorted(units, key=lambda key: (-units[key], -calls[key], key))
    return [(key, units[key]) for key in order[: tops.MOST]]


def test_it_looks_again_only_after_a_call_and_a_while(clock: Clock) -> None:
    assert tops.run(clock())
    clock.advance(seconds=60)
    assert not tops.run(clock())
    record("r", at=clock())
    assert tops.run(clock())
    record("s", at=clock())
    assert not tops.run(clock())
    clock.advance(seconds=2)
    assert tops.run(clock())


def test_a_new_day_begins_without_a_call(clock: Clock) -> None:
    used("default", 1, 5, model="m")
    tops.run(clock())
    clock.advance(days=1)
    assert tops.run(clock())
    assert (kept("default", 1), kept("default", 7)) == ([], [(1, 5)])


def test_what_stayed_as_it_was_is_not_written_again(clock: Clock) -> None:
    used("default", 1, 5, model="m")
    tops.run(clock())
    clock.advance(minutes=1)
    record("r", at=clock())
    with CaptureQueriesContext(connections["default"]) as said:
        assert tops.run(clock())
    assert not [each for each in said.captured_queries if 'keys_topkey" (' in each["sql"]]


@pytest.mark.parametrize(("sums", "seconds"), [(0, 1), (1_000, 1), (100_000, 25), (10_000_000, 50)])
def test_the_more_it_goes_through_the_longer_it_rests(sums: int, seconds: int) -> None:
    assert tops.rest(sums) == timedelta(seconds=seconds)


def test_they_are_found_when_hours_are_added_up(clock: Clock) -> None:
    used("default", 1, 5, model="m")
    rollup.run(clock())
    assert kept("default", 30) == [(1, 5)]
