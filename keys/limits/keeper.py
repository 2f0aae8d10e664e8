"""Places for running calls that many processes share, and the line before them.

A place is lost `hold` seconds after it was last prolonged, so those of a killed process become
free. One task per process prolongs all of its places, asks for its waiting calls and gives back
what was left, everything of one moment in one round trip.
"""

from __future__ import annotations

import asyncio
import enum
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from keys.ending import end
from keys.limits.places import Crowded
from keys.limits.scripts import Names
from keys.limits.wire import Down, Wire, Word

PULSE = "pulse"


class Seat(NamedTuple):
    """A place of one key, of which `limit` may run at once."""

    key_id: int
    limit: int


class Timing(NamedTuple):
    """Seconds. A killed process's places are free after at most `hold` + `nap`: a waiting call
    that is not heard of for `nap` may have been given a place just before. `beat` is how often
    places are prolonged, `poll` how often waiting calls ask."""

    hold: float = 15.0
    nap: float = 5.0
    beat: float = 5.0
    poll: float = 0.1

    @property
    def words(self) -> tuple[int, int]:
        return int(self.hold * 1e6), int(self.nap * 1e6)


class _News(enum.Enum):
    GRANTED = enum.auto()
    EXPIRED = enum.auto()
    DOWN = enum.auto()


class _Waiter(NamedTuple):
    seat: Seat
    since: int
    news: asyncio.Future[_News]


@dataclass(slots=True)
class _Round:
    """What one key's script is told."""

    left: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    waiting: list[Word] = field(default_factory=list)


class Keeper:
    """The shared places that this process holds or waits for."""

    def __init__(self, wire: Wire, names: Names, timing: Timing | None = None) -> None:
        self.timing = timing or Timing()
        self._wire = wire
        self._names = names
        self._held: dict[str, Seat] = {}
        self._waiting: dict[str, _Waiter] = {}
        self._left: dict[str, tuple[Seat, float]] = {}
        # Of those who left, whom Redis is being told of.
        self._telling: set[str] = set()
        # A key's limit may change; the last one seen counts, also for who came before.
        self._limits: dict[int, int] = {}
        self._wake = asyncio.Event()
        self._due = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def held(self) -> int:
        return len(self._held)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def start(self) -> None:
        if self._task is None:
            self._wire.revived = self._revived
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Gives everything back, if Redis answers."""
        task, self._task = self._task, None
        if task is None:
            return
        await end([task])
        self._abandon()
        for call_id in [*self._held, *self._waiting]:
            self.leave(call_id)
        await self._pulse(renewing=False)

    def hold(self, call_id: str, seat: Seat) -> None:
        """A place was given: prolongs it until it is left."""
        self._held[call_id] = seat
        self._limits[seat.key_id] = seat.limit

    async def wait(self, call_id: str, seat: Seat, since: int, patience: float) -> None:
        """Returns with a place that is held. Raises Crowded, or Down when Redis goes away."""
        loop = asyncio.get_running_loop()
        waiter = _Waiter(seat, since, loop.create_future())
        self._waiting[call_id] = waiter
        self._limits[seat.key_id] = seat.limit
        self._wake.set()
        timer = loop.call_later(patience, _tell, waiter, _News.EXPIRED)
        news = None
        try:
            news = await waiter.news
        finally:
            timer.cancel()
            if news is not _News.GRANTED:
                self.leave(call_id, seat)
        if news is _News.EXPIRED:
            raise Crowded(patience)
        if news is _News.DOWN:
            raise Down

    def leave(self, call_id: str, seat: Seat | None = None) -> None:
        """Gives a place back, or one that may have been given: `seat` says which that would be.
        Never waits. What Redis is not told in time expires there."""
        waiter = self._waiting.pop(call_id, None)
        held = self._held.pop(call_id, None)
        seat = held or (waiter.seat if waiter else seat)
        if seat is not None:
            expires = asyncio.get_running_loop().time() + self.timing.hold
            self._left[call_id] = (seat, expires)
            self._wake.set()

    def hurry(self, key_id: int) -> None:
        """Before a place of a key is asked for: says first what was left of it a moment ago."""
        if len(self._left) == len(self._telling):
            return
        told = _Round()
        for call_id, (seat, _) in self._left.items():
            if seat.key_id == key_id and call_id not in self._telling:
                told.left.append(call_id)
        if told.left:
            self._ask(key_id, told)

    async def _run(self) -> None:
        time = asyncio.get_running_loop().time
        self._due = time() + self.timing.beat
        while True:
            await self._pause()
            renewing = time() >= self._due
            if renewing:
                self._due = time() + self.timing.beat
            await self._pulse(renewing=renewing)

    async def _pause(self) -> None:
        now = asyncio.get_running_loop().time()
        busy = self._waiting or self._left
        until = min(self._due, now + self.timing.poll) if busy else self._due
        try:
            async with asyncio.timeout_at(until):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    def _revived(self) -> None:
        # Redis may have lost everything, so what runs is said again.
        self._due = 0.0
        self._wake.set()

    def _abandon(self) -> None:
        """Redis is gone: who waits must not wait for it."""
        for waiter in self._waiting.values():
            _tell(waiter, _News.DOWN)

    async def _pulse(self, *, renewing: bool) -> None:
        """One script per key, all in one round trip; returns when it has come back."""
        now = asyncio.get_running_loop().time()
        self._left = {name: each for name, each in self._left.items() if each[1] > now}
        self._telling &= self._left.keys()
        asked = [self._ask(key_id, told) for key_id, told in self._rounds(renewing).items()]
        if asked:
            await asyncio.wait(asked)

    def _rounds(self, renewing: bool) -> dict[int, _Round]:
        rounds: dict[int, _Round] = {}
        for call_id, (seat, _) in self._left.items():
            if call_id not in self._telling:
                rounds.setdefault(seat.key_id, _Round()).left.append(call_id)
        for call_id, waiter in self._waiting.items():
            line = rounds.setdefault(waiter.seat.key_id, _Round()).waiting
            line += [call_id, waiter.since]
        if renewing:
            for call_id, seat in self._held.items():
                rounds.setdefault(seat.key_id, _Round()).held.append(call_id)
            self._limits = {key: limit for key, limit in self._limits.items() if key in rounds}
        return rounds

    def _ask(self, key_id: int, told: _Round) -> asyncio.Future[Any]:
        limit = self._limits.get(key_id)
        if limit is None:
            limit = self._left[told.left[0]][0].limit
        counts = (len(told.left), len(told.held))
        args = (limit, *self.timing.words, *counts, *told.left, *told.held, *told.waiting)
        answer = self._wire.submit(PULSE, self._names.places(key_id), args)
        self._telling.update(told.left)
        answer.add_done_callback(partial(self._heard, told))
        return answer

    def _heard(self, told: _Round, answer: asyncio.Future[Any]) -> None:
        self._telling.difference_update(told.left)
        if answer.cancelled() or answer.exception() is not None:
            self._abandon()
            return
        for call_id in told.left:
            self._left.pop(call_id, None)
        for call_id in answer.result():
            self._grant(call_id)

    def _grant(self, call_id: str) -> None:
        """If the call is not waiting any more it has left, and Redis hears of that next."""
        waiter = self._waiting.get(call_id)
        if waiter is None or waiter.news.done():
            return
        del self._waiting[call_id]
        self.hold(call_id, waiter.seat)
        _tell(waiter, _News.GRANTED)


def _tell(waiter: _Waiter, news: _News) -> None:
    if not waiter.news.done():
        waiter.news.set_result(news)
