from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.limits.pace import Pace

NOON = 1_900_000_000.0


def admit(pace: Pace, key: str, limit: int, now: float) -> bool:
    fits = pace.ask(key, limit, now).fits
    if fits:
        pace.count(key, now)
    return fits


def test_a_burst_may_use_the_whole_minute_at_once() -> None:
    pace = Pace()
    assert [admit(pace, "a", 3, NOON) for _ in range(5)] == [True, True, True, False, False]


def test_it_says_what_is_left_and_when_to_come_back() -> None:
    pace = Pace()
    assert pace.ask("a", 2, NOON) == (True, 1, NOON)
    pace.count("a", NOON)
    pace.count("a", NOON + 10)
    assert pace.ask("a", 2, NOON + 20) == (False, 0, NOON + 60)
    assert pace.ask("a", 2, NOON + 60) == (True, 0, NOON + 60)


def test_asking_counts_nothing() -> None:
    pace = Pace()
    assert all(pace.ask("a", 1, NOON).fits for _ in range(10))


def test_keys_do_not_disturb_each_other() -> None:
    pace = Pace()
    assert admit(pace, "a", 1, NOON)
    assert admit(pace, "b", 1, NOON)
    assert not admit(pace, "a", 1, NOON)


def test_a_lowered_limit_waits_until_enough_have_passed() -> None:
    pace = Pace()
    for second in range(5):
        assert admit(pace, "a", 5, NOON + second)
    assert pace.ask("a", 2, NOON + 10).at == NOON + 3 + 60
    assert pace.ask("a", 6, NOON + 10).fits


def test_a_limit_of_zero_admits_nobody() -> None:
    assert pace_of_zero() == (False, 0, NOON + 60)


def pace_of_zero() -> tuple[bool, int, float]:
    return Pace().ask("a", 0, NOON)


times = st.lists(st.floats(0, 40), min_size=1, max_size=120)


@given(gaps=times, limit=st.integers(1, 9))
def test_no_window_ever_holds_more_than_the_limit(gaps: list[float], limit: int) -> None:
    pace, now, admitted = Pace(), NOON, list[float]()
    for gap in gaps:
        now += gap
        if admit(pace, "a", limit, now):
            admitted.append(now)
    for first, beyond in zip(admitted, admitted[limit:], strict=False):
        assert beyond >= first + 60


@given(gaps=times, limit=st.integers(1, 9))
def test_nobody_is_refused_without_need_or_told_to_come_too_early(
    gaps: list[float], limit: int
) -> None:
    pace, now, admitted = Pace(), NOON, list[float]()
    for gap in gaps:
        now += gap
        verdict = pace.ask("a", limit, now)
        recent = [each for each in admitted if each + 60 > now]
        assert verdict.fits == (len(recent) < limit)
        if not verdict.fits:
            assert verdict.at == recent[-limit] + 60 > now
            now = verdict.at
            assert pace.ask("a", limit, now).fits
        pace.count("a", now)
        admitted.append(now)


def test_a_clock_that_is_set_back_a_little_gives_no_second_minute() -> None:
    pace = Pace()
    assert admit(pace, "a", 1, NOON)
    assert not admit(pace, "a", 1, NOON - 30)
    assert admit(pace, "a", 1, NOON + 60)


def test_a_clock_that_is_set_back_a_day_does_not_lock_for_a_day() -> None:
    pace = Pace()
    assert admit(pace, "a", 1, NOON)
    assert admit(pace, "a", 1, NOON - 86_400)
    assert not admit(pace, "a", 1, NOON - 86_400)


def test_keys_that_are_idle_cost_nothing() -> None:
    pace = Pace()
    for number in range(10_000):
        admit(pace, f"key-{number}", 5, NOON)
    for minute in range(1, 4):
        admit(pace, "one", 5, NOON + 60 * minute)
    assert len(pace) == 1


@pytest.mark.parametrize("room", [1, 10, 100])
def test_more_keys_than_room_never_fill_the_memory(room: int) -> None:
    pace = Pace(room=room)
    for number in range(1_000):
        admit(pace, f"key-{number}", 5, NOON)
    assert len(pace) <= 2 * room
