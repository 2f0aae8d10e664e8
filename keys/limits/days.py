"""How often a day: requests by calendar day in a time zone. Pure. Time is an argument."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, datetime, timedelta, tzinfo

from keys import days
from keys.limits.pace import ROOM, Verdict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Days:
    """Requests of many keys on the present day. They are all forgotten when it ends; of more than
    `room` keys, those that came first are forgotten before."""

    def __init__(self, zone: tzinfo = UTC, *, room: int = ROOM) -> None:
        self._zone = zone
        self._room = room
        self._counts: dict[Hashable, int] = {}
        self._starts = self._ends = _EPOCH

    def __len__(self) -> int:
        return len(self._counts)

    def ask(self, key: Hashable, limit: int, now: datetime) -> Verdict:
        """Whether a request would fit; nothing is counted."""
        self._turn(now)
        count = self._counts.get(key, 0)
        if count < limit:
            return Verdict(True, limit - count - 1, now.timestamp())
        return Verdict(False, 0, self._ends.timestamp())

    def count(self, key: Hashable, now: datetime) -> None:
        self._turn(now)
        count = self._counts.get(key)
        if count is None and len(self._counts) >= self._room:
            del self._counts[next(iter(self._counts))]
        self._counts[key] = (count or 0) + 1

    def _turn(self, now: datetime) -> None:
        # A clock that is set back over midnight must not give everybody a second day.
        if self._starts - timedelta(hours=12) <= now < self._ends:
            return
        window = days.window(now, self._zone)
        self._starts, self._ends = window.starts, window.resets_at
        self._counts.clear()
