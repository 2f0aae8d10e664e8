"""The strategies: who is next among those that are awake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

import pytest

from credentials.orders import Facts, Order, Strategy, order

DAY = date(2026, 7, 1)


class Line:
    """An order of some ids with weights; calls are counted as they are taken."""

    def __init__(self, strategy: Strategy, weights: Mapping[int, int], *, turn: int = 1) -> None:
        self.calls: Counter[int] = Counter()
        self.day = DAY
        facts = Facts(lambda: turn, lambda id: weights[id], lambda id: (self.day, self.calls[id]))
        self.order: Order = order(strategy, facts)
        for id in weights:
            self.order.add(id)

    def take(self, exclude: Collection[int] = ()) -> int | None:
        id = self.order.peek(exclude)
        if id is not None:
            self.order.took()
            self.calls[id] += 1
        return id

    def takes(self, count: int) -> list[int | None]:
        return [self.take() for _ in range(count)]


EQUAL = {1: 1, 2: 1, 3: 1}


def test_rotation_gives_turns_of_calls_times_weight() -> None:
    assert Line(Strategy.ROTATION, {1: 2, 2: 1}, turn=2).takes(7) == [1, 1, 1, 1, 2, 2, 1]


def test_round_robin_knows_no_weight_and_no_turn() -> None:
    assert Line(Strategy.ROUND_ROBIN, {1: 9, 2: 1}, turn=5).takes(4) == [1, 2, 1, 2]


def test_weighted_spreads_calls_evenly() -> None:
    line = Line(Strategy.WEIGHTED, {1: 3, 2: 1})
    taken = line.takes(40)
    assert Counter(taken) == {1: 30, 2: 10}
    assert all(2 in taken[start : start + 6] for start in range(0, 30, 5))


def test_who_comes_back_has_no_claim_to_missed_turns() -> None:
    line = Line(Strategy.WEIGHTED, {1: 1, 2: 1})
    assert line.order.peek({2}) == 1
    line.order.drop()
    line.takes(100)
    line.order.add(1)
    assert Counter(line.takes(10))[1] <= 6


def test_fill_first_stays_with_the_heaviest_and_then_the_oldest() -> None:
    line = Line(Strategy.FILL_FIRST, {1: 1, 2: 5, 3: 5})
    assert line.takes(3) == [2, 2, 2]
    line.order.peek(())
    line.order.drop()
    assert line.takes(2) == [3, 3]
    line.order.add(2)
    assert line.takes(2) == [2, 2]


def test_least_used_evens_out_also_what_was_used_elsewhere() -> None:
    line = Line(Strategy.LEAST_USED, EQUAL)
    line.calls[1] = 5
    assert Counter(line.takes(7)) == {2: 4, 3: 3} or line.calls == {1: 5, 2: 4, 3: 3}
    line.takes(6)
    assert max(line.calls.values()) - min(line.calls.values()) <= 1


def test_least_used_counts_in_proportion_to_weight() -> None:
    line = Line(Strategy.LEAST_USED, {1: 3, 2: 1})
    assert Counter(line.takes(40)) == {1: 30, 2: 10}


def test_least_used_begins_anew_with_the_day() -> None:
    line = Line(Strategy.LEAST_USED, EQUAL)
    line.calls.update({1: 100, 2: 200, 3: 300})
    line.takes(3)
    line.day = date(2026, 7, 2)
    line.calls.clear()
    assert Counter(line.takes(9)) == {1: 3, 2: 3, 3: 3}


@pytest.mark.parametrize("strategy", Strategy)
def test_who_is_excluded_is_passed_over_and_not_lost(strategy: Strategy) -> None:
    line = Line(strategy, EQUAL)
    assert line.take({1, 2}) == 3
    assert line.take({1, 2, 3}) is None
    assert len(line.order) == 3
    assert {line.take({1, 2}), line.take({2, 3}), line.take({1, 3})} == {1, 2, 3}


@pytest.mark.parametrize("strategy", Strategy)
def test_who_was_seen_can_be_dropped_and_comes_back(strategy: Strategy) -> None:
    line = Line(strategy, EQUAL)
    seen = line.order.peek({1})
    line.order.drop()
    assert seen in (2, 3)
    assert len(line.order) == 2
    assert seen not in line.takes(6)
    line.order.add(2 if seen == 2 else 3)
    assert len(line.order) == 3


@pytest.mark.parametrize("strategy", Strategy)
def test_looking_again_and_again_changes_nothing(strategy: Strategy) -> None:
    line = Line(strategy, EQUAL)
    assert len({line.order.peek({2, 3}) for _ in range(9)}) == 1
    assert len(line.order) == 3


@pytest.mark.parametrize("strategy", Strategy)
def test_nobody_is_chosen_from_nobody(strategy: Strategy) -> None:
    assert Line(strategy, {}).take() is None
