"""How many at once: places for running calls, and a bounded line before them.

Everything is in memory and on one event loop; nothing is held across a wait, so there is no lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable


class Crowded(Exception):
    """No place: the line was full, or (`waited`, in seconds) no place became free in time."""

    def __init__(self, waited: float | None = None) -> None:
        super().__init__(waited)
        self.waited = waited


class _Room:
    """The calls of one key. The line holds a future per waiting call, the first first: True says
    that its place is taken for it already, False that its patience is over."""

    __slots__ = ("limit", "line", "running")

    def __init__(self) -> None:
        self.limit = 0
        self.running = 0
        self.line: dict[asyncio.Future[bool], None] = {}

    @property
    def waiting(self) -> int:
        # One whose client has left is done before its own task comes to remove it.
        return sum(not waiter.done() for waiter in self.line)

    def fill(self) -> None:
        """Gives free places to those who wait longest."""
        while self.running < self.limit and self.line:
            waiter = next(iter(self.line))
            del self.line[waiter]
            if not waiter.done():
                self.running += 1
                waiter.set_result(True)


class Lease:
    """One place, until it is left. Leaving twice is leaving once."""

    __slots__ = ("_key", "_places")

    def __init__(self, places: Places, key: Hashable) -> None:
        self._places: Places | None = places
        self._key = key

    def leave(self) -> None:
        places, self._places = self._places, None
        if places is not None:
            places.release(self._key)


class Places:
    """The places of all keys. A key costs memory only while it has calls."""

    def __init__(self) -> None:
        self._rooms: dict[Hashable, _Room] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    def running(self, key: Hashable) -> int:
        room = self._rooms.get(key)
        return room.running if room else 0

    def waiting(self, key: Hashable) -> int:
        room = self._rooms.get(key)
        return room.waiting if room else 0

    def crowded(self, key: Hashable, limit: int, waiting: int) -> bool:
        """Whether `enter` would refuse at once. `limit` may change from call to call."""
        room = self._rooms.get(key)
        if room is None:
            return limit < 1
        room.limit = limit
        room.fill()
        return room.running >= limit and (limit < 1 or room.waiting >= waiting)

    async def enter(self, key: Hashable, limit: int, waiting: int, patience: float) -> Lease:
        """A place, at once if one is free, else after at most `patience` seconds in a line of at
        most `waiting` calls. Raises Crowded. A caller that is cancelled leaves the line."""
        if self.crowded(key, limit, waiting):
            raise Crowded
        room = self._rooms.get(key)
        if room is None:
            room = self._rooms[key] = _Room()
            room.limit = limit
        # While calls wait every place is taken, so nobody is overtaken here.
        if room.running < limit:
            room.running += 1
        else:
            await self._wait(key, room, patience)
        return Lease(self, key)

    def release(self, key: Hashable) -> None:
        """What a lease does when it is left."""
        room = self._rooms[key]
        room.running -= 1
        room.fill()
        self._tidy(key, room)

    async def _wait(self, key: Hashable, room: _Room, patience: float) -> None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        room.line[waiter] = None
        timer = loop.call_later(patience, _expire, waiter)
        try:
            granted = await waiter
        except asyncio.CancelledError:
            # The place may have been given in the moment in which the client left.
            if waiter.done() and not waiter.cancelled() and waiter.result():
                self.release(key)
            raise
        finally:
            timer.cancel()
            room.line.pop(waiter, None)
            self._tidy(key, room)
        if not granted:
            raise Crowded(patience)

    def _tidy(self, key: Hashable, room: _Room) -> None:
        if not room.running and not room.line and self._rooms.get(key) is room:
            del self._rooms[key]


def _expire(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(False)
