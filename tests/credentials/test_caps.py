"""Counts and caps: exact, with their end known; days that begin when the operator says."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.caps import Calendar, Caps, Tally, Today, matcher
from credentials.health import LONG_AGO
from tests.credentials.fakes import NOW

PACIFIC = Calendar()
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
TODAY = date(2026, 7, 1)
MIDNIGHT = datetime(2026, 7, 2, 7, tzinfo=UTC)


def tally(*times: datetime, caps: Caps, pro: bool = False) -> Tally:
    found = Tally(caps)
    for at in times:
        found.count(at, PACIFIC, pro=pro)
    return found


def test_without_caps_it_is_always_free() -> None:
    found = tally(*[NOW] * 99, caps=Caps())
    assert (found.free_at(pro=True), found.calls) == (LONG_AGO, 99)
    assert not Caps()


def test_at_its_daily_cap_it_is_free_again_when_the_day_ends() -> None:
    assert tally(NOW, caps=Caps(day=2)).free_at(pro=False) == LONG_AGO
    assert tally(NOW, NOW, caps=Caps(day=2)).free_at(pro=False) == MIDNIGHT


def test_a_new_day_begins_with_nothing() -> None:
    found = tally(NOW, NOW, MIDNIGHT, caps=Caps(day=2))
    assert (found.calls, found.day, found.free_at(pro=False)) == (1, date(2026, 7, 2), LONG_AGO)


def test_the_cap_for_pro_counts_pro_alone() -> None:
    found = tally(NOW, caps=Caps(pro=1), pro=True)
    assert found.free_at(pro=True) == MIDNIGHT
    assert found.free_at(pro=False) == LONG_AGO
    assert tally(NOW, NOW, caps=Caps(pro=1)).free_at(pro=True) == LONG_AGO


def test_at_its_cap_per_minute_it_waits_for_the_oldest_call_to_pass() -> None:
    found = tally(NOW, NOW + 9 * SECOND, caps=Caps(minute=2))
    assert found.free_at(pro=False) == NOW + 61 * SECOND
    found.count(NOW + 61 * SECOND, PACIFIC, pro=False)
    assert found.free_at(pro=False) == NOW + 70 * SECOND


def test_a_call_that_was_not_sent_is_taken_back() -> None:
    found = tally(NOW, caps=Caps(1, 1, 1), pro=True)
    found.uncount(pro=True)
    assert (found.calls, found.pro, found.free_at(pro=True)) == (0, 0, LONG_AGO)
    found.uncount(pro=False)
    assert found.calls == 0


def test_a_cap_that_is_changed_counts_what_was_sent() -> None:
    found = tally(NOW, NOW + SECOND, caps=Caps(minute=5))
    found.limit(Caps(minute=2, day=9))
    assert found.free_at(pro=False) == NOW + 61 * SECOND
    found.limit(Caps(minute=3, day=2))
    assert found.free_at(pro=False) == MIDNIGHT


def test_what_others_have_counted_counts() -> None:
    found = tally(NOW, caps=Caps(day=10))
    found.learn(Today(TODAY, 10, 4), PACIFIC)
    assert (found.pro, found.free_at(pro=False)) == (4, MIDNIGHT)
    found.learn(Today(TODAY - timedelta(days=1), 0), PACIFIC)
    assert found.calls == 10
    found.learn(Today(TODAY + timedelta(days=1), 3), PACIFIC)
    assert (found.calls, found.until) == (3, MIDNIGHT + 24 * HOUR)


def test_models_of_a_cap_are_named_by_globs() -> None:
    pro = matcher(("*-pro", "*-pro-*"))
    names = ("gemini-2.5-pro", "gemini-3-pro-preview", "gemini-2.5-flash", "professor", "")
    assert [pro(name) for name in names] == [True, True, False, False, False]
    assert not matcher(())("gemini-2.5-pro")


@pytest.mark.parametrize(
    ("calendar", "now", "day", "end"),
    [
        (PACIFIC, NOW, TODAY, MIDNIGHT),
        (PACIFIC, MIDNIGHT - SECOND, TODAY, MIDNIGHT),
        (PACIFIC, MIDNIGHT, date(2026, 7, 2), MIDNIGHT + 24 * HOUR),
        (Calendar(time(16), ZoneInfo("UTC")), NOW, date(2026, 6, 30), NOW + 4 * HOUR),
        (Calendar(time(8), ZoneInfo("Asia/Shanghai")), NOW, TODAY, NOW + 12 * HOUR),
    ],
)
def test_a_day_begins_when_the_operator_says(
    calendar: Calendar, now: datetime, day: date, end: datetime
) -> None:
    assert calendar.day(now) == day
    assert calendar.end(day) == end


YEAR = st.integers(0, 365 * 86_400).map(lambda seconds: NOW + seconds * SECOND)


@given(YEAR, st.integers(0, 23), st.integers(0, 59))
def test_every_moment_is_in_its_day_also_where_clocks_change(
    now: datetime, hour: int, minute: int
) -> None:
    calendar = Calendar(time(hour, minute))
    day = calendar.day(now)
    assert calendar.end(day - timedelta(days=1)) <= now < calendar.end(day)
