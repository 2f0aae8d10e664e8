from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from keys.limits.days import Days

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def admit(days: Days, key: str, limit: int, now: datetime) -> bool:
    fits = days.ask(key, limit, now).fits
    if fits:
        days.count(key, now)
    return fits


def test_a_day_has_so_many_requests_and_the_next_one_as_many() -> None:
    days = Days()
    assert [admit(days, "a", 2, NOON) for _ in range(3)] == [True, True, False]
    assert admit(days, "b", 2, NOON)
    assert not admit(days, "a", 2, NOON + timedelta(hours=11, minutes=59))
    assert admit(days, "a", 2, NOON + timedelta(hours=12))


def test_it_says_what_is_left_and_when_the_day_ends() -> None:
    days = Days()
    assert days.ask("a", 2, NOON) == (True, 1, NOON.timestamp())
    days.count("a", NOON)
    assert days.ask("a", 1, NOON).at == (NOON + timedelta(hours=12)).timestamp()


@pytest.mark.parametrize(
    ("zone", "now", "ends"),
    [
        ("Asia/Shanghai", "2030-01-01T12:00", "2030-01-01T16:00"),
        ("America/Los_Angeles", "2030-01-01T12:00", "2030-01-02T08:00"),
        ("America/Los_Angeles", "2030-03-10T12:00", "2030-03-11T07:00"),
    ],
    ids=["east", "west", "the clocks change"],
)
def test_a_day_ends_at_midnight_of_its_zone(zone: str, now: str, ends: str) -> None:
    moment, end = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (now, ends))
    days = Days(ZoneInfo(zone))
    days.count("a", moment)
    assert days.ask("a", 1, moment).at == end.timestamp()
    assert not days.ask("a", 1, end - timedelta(seconds=1)).fits
    assert days.ask("a", 1, end).fits


def test_a_clock_that_is_set_back_over_midnight_gives_no_second_day() -> None:
    days = Days()
    midnight = NOON + timedelta(hours=12)
    assert admit(days, "a", 1, midnight)
    assert not admit(days, "a", 1, midnight - timedelta(minutes=5))
    assert not admit(days, "a", 1, midnight + timedelta(minutes=5))


def test_more_keys_than_room_forget_the_first() -> None:
    days = Days(room=100)
    for number in range(500):
        days.count(number, NOON)
    assert len(days) == 100
    assert not days.ask(499, 1, NOON).fits
    assert days.ask(0, 1, NOON).fits
