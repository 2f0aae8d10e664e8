"""A day of a pool of three hundred credentials, simulated: `python -m benchmarks.day`.

The real pool against a virtual clock, beside choosing at random and in turn without any memory of
what happened, as many gateways do. Nothing sleeps; a day takes seconds.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from math import pi, sin
from typing import NamedTuple, Protocol

from benchmarks.shelf import VAULT, Shelf, row
from benchmarks.sources import MODEL, Source, mixed
from credentials.agenda import Steps
from credentials.health import Outcome, Policy, Succeeded
from credentials.orders import Strategy
from credentials.pool import Habits, Pool, Unavailable
from credentials.probing import Answer, Probes
from credentials.roster import Access, Rules

START = datetime(2026, 7, 1, 7, tzinfo=UTC)
"""Midnight in California."""
CALLS = 30_000
_ATTEMPTS = 6
_DAY = 86_400.0


class Report(NamedTuple):
    """`served` of `calls` got an answer; `wasted` is what upstreams refused on the way, `over` of
    it against limits that were known."""

    name: str
    calls: int
    served: int
    wasted: int
    over: int
    sources: list[Source]

    @property
    def rate(self) -> float:
        return self.served / self.calls

    def line(self) -> str:
        dead = [each for each in self.sources if each.dead and not each.answered]
        most = max(len(each.sent) for each in dead)
        return (
            f"{self.name:<24} {self.rate:8.3%} served   {self.wasted:6d} wasted   "
            f"{self.over:6d} over known caps   {most:5d} calls at most to a dead key"
        )


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Chooser(Protocol):
    """Who picks a credential for each attempt."""

    async def choose(self, tried: Collection[int]) -> tuple[int, Callable[[Outcome], None]] | None:
        """The credential's id, and whom to tell how it went; None: nobody."""
        ...

    async def minute(self) -> None:
        """A minute has passed."""
        ...


class Pooled:
    """The pool, its probes, and an agenda in memory."""

    def __init__(
        self, sources: list[Source], clock: Clock, dice: random.Random, strategy: Strategy
    ) -> None:
        shelf = Shelf(row(each.id, each.caps) for each in sources)
        habits = Habits(Rules(strategy=lambda: strategy))
        self.pool = Pool(shelf, VAULT, Policy, clock, habits=habits, strict=True)
        self._sources = {each.id: each for each in sources}
        self._clock = clock
        self._dice = dice
        self._steps = Steps()
        self._dates: dict[int, tuple[datetime, int]] = {}
        self._probes = Probes(self.pool, shelf, VAULT, self, self._ask, clock)

    async def choose(self, tried: Collection[int]) -> tuple[int, Callable[[Outcome], None]] | None:
        try:
            lease = await self.pool.acquire("gemini", MODEL, tried)
        except Unavailable:
            return None
        return lease.access.id, lease.report

    async def minute(self) -> None:
        await self.pool.refresh()
        await self._probes.run()
        for _ in range(4):
            await asyncio.sleep(0)

    async def due(self, now: datetime) -> list[int]:
        """As `agenda.Agenda` does it in the database."""
        found = []
        for id, member in self.pool.company.members.items():
            if not member.health.banned:
                self._dates.pop(id, None)
                continue
            at, probes = self._dates.setdefault(id, (now + self._steps.wait(0), 0))
            if at <= now:
                self._dates[id] = (now + self._steps.wait(probes + 1), probes + 1)
                found.append(id)
        return found

    async def ours(self, ids: Sequence[int], now: datetime) -> list[int]:
        """There is no other process."""
        return list(ids)

    async def _ask(self, access: Access) -> Answer:
        return Answer(self._sources[access.id].ask(self._clock.now, self._dice))


class Blind:
    """Any of all, whatever happened."""

    def __init__(self, sources: list[Source], dice: random.Random | None) -> None:
        self._ids = [each.id for each in sources]
        self._dice = dice
        self._turn = 0

    async def choose(self, tried: Collection[int]) -> tuple[int, Callable[[Outcome], None]] | None:
        while True:
            if self._dice is not None:
                id = self._dice.choice(self._ids)
            else:
                id = self._ids[self._turn % len(self._ids)]
                self._turn += 1
            if id not in tried:
                return id, lambda outcome: None

    async def minute(self) -> None:
        return


class _Call(NamedTuple):
    at: datetime
    number: int
    tried: tuple[int, ...]
    ended: tuple[Callable[[Outcome], None], Outcome] | None
    """The attempt that ends now, if one does."""


class Day:
    def __init__(self, name: str, sources: list[Source], chooser: Chooser, clock: Clock) -> None:
        self._name = name
        self._sources = {each.id: each for each in sources}
        self._chooser = chooser
        self._clock = clock
        self._dice = random.Random(7)  # noqa: S311 - a simulation
        self._queue: list[_Call] = []
        self._served = 0

    async def run(self, calls: int) -> Report:
        for number, at in enumerate(_arrivals(calls, random.Random(11))):  # noqa: S311
            heapq.heappush(self._queue, _Call(at, number, (), None))
        minute = START
        while self._queue:
            call = heapq.heappop(self._queue)
            while minute <= call.at:
                self._clock.now = minute
                await self._chooser.minute()
                minute += timedelta(minutes=1)
            self._clock.now = call.at
            await self._step(call)
        every = list(self._sources.values())
        wasted, over = sum(each.wasted for each in every), sum(each.over for each in every)
        return Report(self._name, calls, self._served, wasted, over, every)

    async def _step(self, call: _Call) -> None:
        if call.ended is not None:
            report, outcome = call.ended
            report(outcome)
            if isinstance(outcome, Succeeded):
                self._served += 1
                return
        if len(call.tried) >= _ATTEMPTS:
            return
        found = await self._chooser.choose(call.tried)
        if found is None:
            return
        id, tell = found
        outcome = self._sources[id].ask(self._clock.now, self._dice)
        seconds = self._dice.uniform(1, 8) if isinstance(outcome, Succeeded) else 0.2
        at = self._clock.now + timedelta(seconds=seconds)
        next_ = _Call(at, call.number, (*call.tried, id), (tell, outcome))
        heapq.heappush(self._queue, next_)


def _arrivals(calls: int, dice: random.Random) -> list[datetime]:
    """More by day than by night, and now and then ten at once."""
    found: list[datetime] = []
    while len(found) < calls:
        second = dice.uniform(0, _DAY)
        if dice.random() < 0.55 + 0.45 * sin(2 * pi * second / _DAY - pi / 2):
            at = START + timedelta(seconds=second)
            found += [at] * (10 if dice.random() < 0.01 else 1)
    return sorted(found[:calls])


async def pooled(calls: int = CALLS, strategy: Strategy = Strategy.ROTATION) -> Report:
    clock, sources = Clock(), mixed(START)
    chooser = Pooled(sources, clock, random.Random(3), strategy)  # noqa: S311
    await chooser.pool.start()
    report = await Day(f"pool, {strategy}", sources, chooser, clock).run(calls)
    await chooser.pool.close()
    return report


async def blind(name: str, dice: random.Random | None, calls: int = CALLS) -> Report:
    clock, sources = Clock(), mixed(START)
    return await Day(name, sources, Blind(sources, dice), clock).run(calls)


async def everything(calls: int = CALLS) -> list[Report]:
    return [
        *[await pooled(calls, strategy) for strategy in Strategy],
        await blind("random, no health", random.Random(5), calls),  # noqa: S311
        await blind("round-robin, no health", None, calls),
    ]


if __name__ == "__main__":
    for each in asyncio.run(everything()):
        print(each.line())
