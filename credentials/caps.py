"""What a credential may be used for, known before it is: per minute, per day, per day for Pro.

Pure: the time is an argument.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import translate
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from credentials.hints import PACIFIC
from credentials.outcomes import LONG_AGO

_WINDOW = timedelta(seconds=61)
"""A second more than a minute: requests do not all take the same time to arrive."""


class Caps(msgspec.Struct, frozen=True):
    """Calls per minute, calls per day, and calls per day of Pro models. 0: no cap."""

    minute: int = 0
    day: int = 0
    pro: int = 0

    def __bool__(self) -> bool:
        return bool(self.minute or self.day or self.pro)


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether a model's name is one of these, as `*-pro*`: what `Caps.pro` counts."""
    pattern = re.compile("|".join(translate(glob) for glob in globs) or r"(?!)")

    @lru_cache(maxsize=1_024)
    def matches(model: str) -> bool:
        return pattern.match(model) is not None

    return matches


class Calendar(msgspec.Struct, frozen=True):
    """When a day of counting begins: by default at midnight US Pacific, as Google's."""

    at: time = time.min
    zone: ZoneInfo = PACIFIC

    def day(self, now: datetime) -> date:
        """The day that `now` is counted to."""
        local = now.astimezone(self.zone).date()
        return local if now >= self._start(local) else local - timedelta(days=1)

    def end(self, day: date) -> datetime:
        """The moment when `day` is over."""
        return self._start(day + timedelta(days=1))

    def _start(self, day: date) -> datetime:
        # Compared in UTC, an hour that a zone repeats or leaves out begins no day twice.
        return datetime.combine(day, self.at, tzinfo=self.zone).astimezone(UTC)


class Today(msgspec.Struct, frozen=True):
    """Calls counted on `day`, `pro` of them of Pro models."""

    day: date
    calls: int = 0
    pro: int = 0


class Tally:
    """The calls of one credential: on its present day, and in the last minute."""

    __slots__ = ("_recent", "calls", "caps", "day", "pro", "until")

    def __init__(self, caps: Caps = Caps()) -> None:  # noqa: B008 - it is frozen
        self.day = date.min
        self.until = LONG_AGO
        self.calls = 0
        self.pro = 0
        self.caps = caps
        self._recent: deque[datetime] = deque(maxlen=caps.minute)

    def limit(self, caps: Caps) -> None:
        """From now on these caps; what was counted still counts."""
        if caps.minute != self.caps.minute:
            self._recent = deque(self._recent, maxlen=caps.minute)
        self.caps = caps

    def free_at(self, *, pro: bool) -> datetime:
        """From when on the caps let it serve, a Pro model or another one."""
        caps = self.caps
        free = LONG_AGO
        if (caps.day and self.calls >= caps.day) or (pro and caps.pro and self.pro >= caps.pro):
            free = self.until
        if caps.minute and len(self._recent) >= caps.minute:
            free = max(free, self._recent[0] + _WINDOW)
        return free

    def count(self, now: datetime, calendar: Calendar, *, pro: bool) -> None:
        """A call that is being sent."""
        if now >= self.until:
            self._begin(calendar.day(now), calendar)
        self.calls += 1
        self.pro += pro
        self._recent.append(now)

    def uncount(self, *, pro: bool) -> None:
        """The last call counted was not sent after all."""
        self.calls = max(self.calls - 1, 0)
        self.pro = max(self.pro - pro, 0)
        if self._recent:
            self._recent.pop()

    def learn(self, today: Today, calendar: Calendar) -> None:
        """What all processes together have counted; that of an earlier day is of no interest."""
        if today.day < self.day:
            return
        if today.day != self.day:
            self._begin(today.day, calendar)
        self.calls, self.pro = today.calls, today.pro

    def _begin(self, day: date, calendar: Calendar) -> None:
        self.day, self.until = day, calendar.end(day)
        self.calls = self.pro = 0
