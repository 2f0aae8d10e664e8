"""Hours as numbers, and how long first bytes took as counts of a few classes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

HOUR = timedelta(hours=1)
DAY = 24
"""Hours."""

BOUNDS = (200, 400, 700, 1_000, 1_500, 2_500, 4_000, 7_000, 12_000, 20_000, 40_000)
"""Milliseconds. Class n holds what took less than bound n and no less than the one before; the
last class, one more than there are bounds, what took longer. Stored sums depend on them."""

CLASSES = tuple(f"first_{place}" for place in range(len(BOUNDS) + 1))
"""The columns of UsageHour."""

_SECONDS = 3_600
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def number(at: datetime) -> int:
    """The hour of an aware moment, counted from 1970 in UTC."""
    return (at - _EPOCH) // HOUR


def begin(hour: int) -> datetime:
    """The moment when that hour begins."""
    return _EPOCH + timedelta(hours=hour)


def midnight(at: datetime) -> int:
    """The first hour of the day of `at` in UTC."""
    hour = number(at)
    return hour - hour % DAY


def percentile(counts: Sequence[int], share: float) -> int | None:
    """Milliseconds within which that share of the calls began to answer; None without calls.

    Inside of a class it is taken as if its calls were spread evenly; of the last class, which has
    no end, only where it begins is known.
    """
    wanted = sum(counts) * share
    if wanted <= 0:
        return None
    below, seen = 0, 0
    for count, bound in zip(counts, BOUNDS, strict=False):
        if count and seen + count >= wanted:
            return round(below + (bound - below) * (wanted - seen) / count)
        seen += count
        below = bound
    return BOUNDS[-1]
