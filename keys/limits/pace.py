"""How often: at most so many requests in any minute. Pure. Time is an argument.

What is kept is the moment of every admitted request of the last window, so the limit is exact:
a bucket that refills would let nearly twice as many through in the worst window. Memory is as
large as what was admitted in the last two windows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from typing import NamedTuple

MINUTE = 60.0
ROOM = 1_000_000


class Verdict(NamedTuple):
    """Whether one more request fits. `left` is how many more fit after it; `at` is when it fits:
    now, or the moment at which it is worth asking again. Seconds since the epoch."""

    fits: bool
    left: int
    at: float


class Pace:
    """Requests of many keys in a sliding window of `window` seconds.

    A key that was not asked for during a whole window costs nothing any more. Of more than `room`
    keys that are active at once, those that were asked for longest ago are forgotten.
    """

    def __init__(self, window: float = MINUTE, *, room: int = ROOM) -> None:
        self._window = window
        self._room = room
        # Two generations: whoever is asked for moves to the younger one, and the older one is
        # dropped as a whole when it has been idle for a window. Nobody walks through the keys.
        self._young: dict[Hashable, list[float]] = {}
        self._old: dict[Hashable, list[float]] = {}
        self._turned = float("-inf")

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def ask(self, key: Hashable, limit: int, now: float) -> Verdict:
        """Whether a request would fit; nothing is counted. `limit` may change from call to call."""
        times = self._times(key, now)
        if times and times[-1] > now:
            now = self._set_back(times, now)
        expired = bisect_right(times, now, key=self._leaves) if self._stale(times, now) else 0
        del times[:expired]
        if len(times) < limit:
            return Verdict(True, limit - len(times) - 1, now)
        return Verdict(False, 0, self._leaves(times[-limit]) if limit > 0 else now + self._window)

    def count(self, key: Hashable, now: float) -> None:
        """A request that was asked about, and that every other limit admits too."""
        times = self._times(key, now)
        times.append(max(now, times[-1]) if times else now)

    def _leaves(self, time: float) -> float:
        return time + self._window

    def _stale(self, times: list[float], now: float) -> bool:
        return bool(times) and self._leaves(times[0]) <= now

    def _set_back(self, times: list[float], now: float) -> float:
        """A clock that was set back a little stands still for a while; one that was set back by
        more than a window says nothing about what was counted before."""
        if times[-1] - now < self._window:
            return times[-1]
        times.clear()
        return now

    def _times(self, key: Hashable, now: float) -> list[float]:
        if now >= self._turned + self._window or now < self._turned - self._window:
            self._turn(now)
        times = self._young.get(key)
        if times is None:
            if len(self._young) >= self._room:
                self._old, self._young = self._young, {}
            times = self._young[key] = self._old.pop(key, [])
        return times

    def _turn(self, now: float) -> None:
        idle = now >= self._turned + 2 * self._window
        self._old = {} if idle else self._young
        self._young = {}
        self._turned = now
