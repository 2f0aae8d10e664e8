"""Turns, rests and waking, and how much looking they cost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

import pytest

from credentials.health import LONG_AGO
from credentials.orders import Facts, Rotation
from credentials.select import Lane
from tests.credentials.fakes import NOW

MINUTE = timedelta(minutes=1)


class Pen:
    """A lane and, for each credential, when it is free; counts how often that is asked."""

    def __init__(self, *ids: int, turn: int = 1) -> None:
        self.free: dict[int, datetime | None] = dict.fromkeys(ids, LONG_AGO)
        self.asked = 0
        self.turn = turn
        facts = Facts(lambda: self.turn, lambda id: 1, lambda id: (date.min, 0))
        self.lane = Lane(self.free_at, Rotation(facts), ids=ids)

    def free_at(self, id: int) -> datetime | None:
        self.asked += 1
        return self.free.get(id)

    def pick(self, now: datetime = NOW, exclude: Collection[int] = ()) -> int | None:
        return self.lane.pick(now, exclude)

    def picks(self, count: int) -> list[int | None]:
        return [self.pick() for _ in range(count)]


def test_they_take_turns() -> None:
    assert Pen(1, 2, 3).picks(7) == [1, 2, 3, 1, 2, 3, 1]


def test_a_turn_may_be_longer() -> None:
    assert Pen(1, 2, turn=3).picks(8) == [1, 1, 1, 2, 2, 2, 1, 1]


def test_nobody_is_picked_from_nobody() -> None:
    assert Pen().pick() is None
    assert Pen().lane.soonest(NOW) is None


def test_one_that_rests_is_left_out_until_it_wakes() -> None:
    pen = Pen(1, 2)
    pen.free[1] = NOW + MINUTE
    assert pen.picks(3) == [2, 2, 2]
    assert {pen.pick(NOW + MINUTE), pen.pick(NOW + MINUTE)} == {1, 2}


def test_a_rest_that_was_lengthened_meanwhile_goes_on() -> None:
    pen = Pen(1)
    pen.free[1] = NOW + MINUTE
    assert pen.pick() is None
    pen.free[1] = NOW + 3 * MINUTE
    assert pen.pick(NOW + MINUTE) is None
    assert pen.lane.soonest(NOW + MINUTE) == (NOW + 3 * MINUTE, 1)
    assert pen.pick(NOW + 3 * MINUTE) == 1


def test_a_rest_that_was_shortened_ends_when_the_lane_is_told() -> None:
    pen = Pen(1)
    pen.free[1] = NOW + MINUTE
    assert pen.pick() is None
    pen.free[1] = LONG_AGO
    pen.lane.admit(1, NOW)
    assert pen.picks(2) == [1, 1]


def test_the_excluded_are_passed_over() -> None:
    pen = Pen(1, 2, 3)
    assert pen.pick(exclude={1, 2}) == 3
    assert pen.pick(exclude={1, 2, 3}) is None
    assert pen.pick() is not None


def test_one_that_never_wakes_leaves_and_may_come_back() -> None:
    pen = Pen(1, 2)
    pen.free[1] = None
    assert pen.picks(3) == [2, 2, 2]
    assert pen.lane.held == {2}
    pen.free[1] = LONG_AGO
    pen.lane.admit(1, NOW)
    assert set(pen.picks(2)) == {1, 2}


def test_to_be_admitted_twice_gives_no_second_turn() -> None:
    pen = Pen(1, 2)
    pen.lane.admit(1, NOW)
    assert pen.picks(4) == [1, 2, 1, 2]


def test_waking_twice_gives_no_second_turn() -> None:
    pen = Pen(1, 2)
    pen.free[1] = NOW + MINUTE
    pen.picks(2)
    pen.lane.admit(1, NOW)
    pen.pick()
    pen.free[1] = LONG_AGO
    assert [pen.pick(NOW + MINUTE) for _ in range(4)].count(1) == 2


def test_the_soonest_is_exact_also_for_those_who_were_never_looked_at() -> None:
    pen = Pen(1, 2, 3)
    pen.free = {1: NOW + 3 * MINUTE, 2: NOW + MINUTE, 3: None}
    assert pen.lane.soonest(NOW) == (NOW + MINUTE, 2)
    assert pen.lane.soonest(NOW + MINUTE) == (NOW + MINUTE, 2)


def test_the_soonest_knows_of_a_rest_that_was_lengthened() -> None:
    pen = Pen(1, 2)
    pen.free = {1: NOW + MINUTE, 2: NOW + 2 * MINUTE}
    assert pen.pick() is None
    pen.free[1] = NOW + 3 * MINUTE
    assert pen.lane.soonest(NOW) == (NOW + 2 * MINUTE, 2)
    pen.free = {1: NOW + 3 * MINUTE, 2: None}
    assert pen.lane.soonest(NOW) == (NOW + 3 * MINUTE, 1)


def test_it_is_now_if_one_is_awake_but_excluded() -> None:
    pen = Pen(1)
    assert pen.pick(exclude={1}) is None
    assert pen.lane.soonest(NOW) == (NOW, 1)


def test_a_lane_is_quiet_when_nobody_rests() -> None:
    pen = Pen(1)
    assert pen.lane.quiet(NOW)
    pen.free[1] = NOW + MINUTE
    pen.pick()
    assert not pen.lane.quiet(NOW)
    assert pen.lane.quiet(NOW + MINUTE)


@pytest.mark.parametrize("size", [10, 10_000])
def test_a_choice_looks_at_one_however_many_there_are(size: int) -> None:
    pen = Pen(*range(size))
    pen.picks(500)
    assert pen.asked == 500


@pytest.mark.parametrize("size", [100, 10_000])
def test_those_who_rest_are_looked_at_once_and_no_more(size: int) -> None:
    pen = Pen(*range(size))
    pen.free.update(dict.fromkeys(range(size - 10), NOW + MINUTE))
    pen.pick()
    assert pen.asked == size - 9
    pen.asked = 0
    pen.picks(500)
    assert pen.asked == 500


def test_a_day_that_ends_for_everybody_is_not_paid_by_one_call() -> None:
    pen = Pen(*range(10_000))
    pen.free.update(dict.fromkeys(range(10_000), NOW + MINUTE))
    assert pen.pick() is None
    pen.asked = 0
    assert pen.pick(NOW + MINUTE) is not None
    assert pen.asked == 1
    assert not pen.lane.quiet(NOW + MINUTE)
