"""The load generator's arithmetic, and that only right answers count."""

from __future__ import annotations

import pytest

from benchmarks import asks, load, replies


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, 0.0), ([7.0], 0.99, 7.0), ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0), ([1.0, 2.0], 0.99, 2.0)],
)
def test_percentile_is_a_value_that_was_seen(
    values: list[float], share: float, expected: float
) -> None:
    assert load.percentile(values, share) == expected


def test_only_right_answers_count() -> None:
    known = replies.build()
    tally = load.Tally(asks.chat({}))
    tally.counting = True
    tally.note(0.1, known.chat)
    tally.note(0.2, known.missing)
    assert (tally.took, len(tally.faults)) == ([0.1], 1)


def test_the_warm_up_does_not_count() -> None:
    tally = load.Tally(asks.chat({}))
    tally.note(0.1, replies.build().chat)
    assert tally.took == []
