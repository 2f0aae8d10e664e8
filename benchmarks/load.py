"""The load: C clients that ask, wait for the whole answer, and ask again. A process of its own.

Reads a plan as JSON from standard input and prints what it saw as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import math
import sys
import time
from collections.abc import Sequence
from typing import cast

import msgspec
import uvloop

from benchmarks import processes
from benchmarks.answers import Malformed, Reader, fault
from benchmarks.asks import Ask

_ENOUGH = 5
_LONGEST = 4


class Plan(msgspec.Struct, frozen=True):
    """Ask `port` for `seconds` or somewhat longer, after `warmup` seconds that do not count.
    `pid` is the subject.
    """

    port: int
    ask: Ask
    pid: int
    connections: int = 16
    seconds: float = 3.0
    warmup: float = 1.0


class Seen(msgspec.Struct, frozen=True):
    """What the clients saw in the measured time, and the subject's CPU time within it."""

    requests: int
    seconds: float
    cpu_seconds: float
    p50_ms: float
    p99_ms: float
    faults: int = 0
    first_fault: str = ""


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the ordered values do not exceed; 0 for none."""
    if not ordered:
        return 0.0
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class Tally:
    """Latencies and faults of all clients; only what ends while `counting` counts."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.counting = False
        self.over = False
        self.took: list[float] = []
        self.faults: list[str] = []

    def note(self, seconds: float, answer: bytes) -> None:
        wrong = fault(self.ask, answer)
        if wrong:
            self.faults.append(wrong)
        elif self.counting:
            self.took.append(seconds)


class Client(asyncio.Protocol):
    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._reader = Reader()
        self._asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no asyncio class.
        self._transport = cast(asyncio.WriteTransport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        try:
            answer = self._reader.feed(data)
        except Malformed as error:
            self._tally.faults.append(str(error))
            self._transport.close()
            return
        if answer is None:
            return
        self._tally.note(time.perf_counter() - self._asked_at, answer)
        if self._tally.over:
            self._transport.close()
        else:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._tally.over:
            self._tally.faults.append(f"the connection was closed: {exc}")

    def _ask(self) -> None:
        self._asked_at = time.perf_counter()
        self._transport.write(self._tally.ask.request)


async def run(plan: Plan) -> Seen:
    loop = asyncio.get_running_loop()
    tally = Tally(plan.ask)
    for _ in range(plan.connections):
        await loop.create_connection(lambda: Client(tally), "127.0.0.1", plan.port)
    await asyncio.sleep(plan.warmup)
    cpu, started = processes.cpu_seconds(plan.pid), time.perf_counter()
    tally.counting = True
    latest = started + _LONGEST * plan.seconds
    await asyncio.sleep(plan.seconds)
    # A window that holds few answers is mostly its edges: a slow subject gets a longer one.
    while len(tally.took) < _ENOUGH * plan.connections and time.perf_counter() < latest:
        await asyncio.sleep(0.05)
    tally.counting, tally.over = False, True
    seconds, cpu = time.perf_counter() - started, processes.cpu_seconds(plan.pid) - cpu
    took = sorted(tally.took)
    return Seen(
        requests=len(took),
        seconds=seconds,
        cpu_seconds=cpu,
        p50_ms=percentile(took, 0.50) * 1000,
        p99_ms=percentile(took, 0.99) * 1000,
        faults=len(tally.faults),
        first_fault=tally.faults[0] if tally.faults else "",
    )


def main() -> None:
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    processes.raise_file_limit()
    gc.freeze()
    gc.disable()
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(plan))))


if __name__ == "__main__":
    main()
