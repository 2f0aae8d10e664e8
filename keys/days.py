"""When a key's day begins and ends in its time zone. Pure; the clock is an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Window(NamedTuple):
    """A calendar day and the moments, in UTC, at which it began and the next one begins.

    It is 23 or 25 hours long when clocks change, and any length when a zone changes its offset.
    """

    day: date
    starts: datetime
    resets_at: datetime


def window(now: datetime, zone: tzinfo) -> Window:
    """The day of `now`, which is aware, in `zone`."""
    day = now.astimezone(zone).date()
    resets_at = _begin(day + _DAY, zone)
    if resets_at <= now:
        # Clocks went back over midnight: this day goes on for a while after the next has begun.
        resets_at = _midnight(day + _DAY, zone, fold=1)
    return Window(day, _begin(day, zone), resets_at)


@lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo:
    """The time zone of an IANA name. Raises ValueError for any other text."""
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name[:80]!r}") from None


def known(name: str) -> tzinfo:
    """The same, but UTC for a name that this machine does not know (any more)."""
    try:
        return zone(name)
    except ValueError:
        return UTC


def _begin(day: date, zone: tzinfo) -> datetime:
    """The first moment of `day`, or of the day after it where clocks skip the whole of it."""
    early, late = _midnight(day, zone, fold=1), _midnight(day, zone, fold=0)
    if late <= early:
        # Midnight exists; when clocks go back over it, it comes twice, and the first one counts.
        return late
    # Clocks go forward over midnight: the day begins with the change, which lies in between.
    while late - early > _SECOND:
        middle = early + (late - early) // 2
        if middle.astimezone(zone).date() < day:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def _midnight(day: date, zone: tzinfo, *, fold: int) -> datetime:
    naive = datetime(day.year, day.month, day.day, fold=fold)  # noqa: DTZ001 - has it next
    return naive.replace(tzinfo=zone).astimezone(UTC)
