"""What the live log costs: `python -m benchmarks.livelog`.

The gateway answers 500 requests a second, each a line of the log. Short turns without and with
viewers follow each other, so that what the machine does meanwhile meets both; each pair gives one
ratio of CPU time per request. Pairs in which nobody watches either time say what the same ratio is
worth when nothing differs: as much is noise.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks import kitchen, serve
from benchmarks.answers import Reader, fault
from benchmarks.asks import Ask
from benchmarks.kitchen import Kitchen, Scenario, Subject

_CONNECTIONS = 10
_WARM = 3.0
_SETTLE = 0.3
"""Seconds after viewers came or went until a turn counts."""


class Turn(msgspec.Struct):
    """`lines`, `frames` and `skipped` are of all viewers together."""

    requests: int = 0
    cpu_seconds: float = 0.0
    frames: int = 0
    lines: int = 0
    skipped: int = 0

    @property
    def micros(self) -> float:
        return 1e6 * self.cpu_seconds / max(1, self.requests)


class Pair(msgspec.Struct, frozen=True):
    """Two turns, one after the other, in either order."""

    alone: Turn
    other: Turn

    @property
    def ratio(self) -> float:
        return self.other.micros / self.alone.micros


class Load:
    """Clients that together keep a pace; counts what was answered."""

    def __init__(self, subject: Subject, rate: int) -> None:
        self.requests = 0
        self.faults = 0
        self._subject = subject
        self._step = _CONNECTIONS / rate
        self._over = False

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as clients:
            for number in range(_CONNECTIONS):
                clients.create_task(self._client(number))
            try:
                yield
            finally:
                self._over = True

    async def _client(self, number: int) -> None:
        ask: Ask = self._subject.asks[Scenario.JSON]
        due = time.monotonic() + self._step * number / _CONNECTIONS
        reader, writer = await asyncio.open_connection("127.0.0.1", self._subject.port)
        parser = Reader()
        while not self._over:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due += self._step
            writer.write(ask.request)
            while (answer := parser.feed(await reader.read(65_536))) is None:
                pass
            self.requests += 1
            self.faults += fault(ask, answer) is not None
        writer.close()


class Bench(msgspec.Struct, frozen=True):
    subject: Subject
    token: str
    load: Load
    seconds: float

    async def pair(self, viewers: int, *, first: bool) -> Pair:
        """`first`: those who watch come before those who do not."""
        if first:
            other = await self.turn(viewers)
            return Pair(await self.turn(0), other)
        return Pair(await self.turn(0), await self.turn(viewers))

    async def turn(self, viewers: int) -> Turn:
        async with contextlib.AsyncExitStack() as stack:
            heard = [await stack.enter_async_context(self._viewer()) for _ in range(viewers)]
            await asyncio.sleep(_SETTLE)
            before = [len(each) for each in heard]
            requests, cpu = self.load.requests, _cpu(self.subject.pid)
            await asyncio.sleep(self.seconds)
            found = Turn(self.load.requests - requests, _cpu(self.subject.pid) - cpu)
            texts = [each[start:] for each, start in zip(heard, before, strict=True)]
        # Not before the turn is over: the cores may be two threads of one.
        for frame in (json.loads(text) for each in texts for text in each):
            found.frames += 1
            found.lines += len(frame["lines"])
            found.skipped += frame["skipped"]
        return found

    @contextlib.asynccontextmanager
    async def _viewer(self) -> AsyncIterator[list[str | bytes]]:
        address = f"ws://127.0.0.1:{self.subject.port}/auth/logs/stream"
        headers = {"Authorization": f"Bearer {self.token}"}
        heard: list[str | bytes] = []
        async with connect(address, additional_headers=headers, proxy=None) as socket:
            reading = asyncio.get_running_loop().create_task(_read(socket, heard))
            yield heard
        await reading


async def _read(socket: ClientConnection, heard: list[str | bytes]) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            heard.append(await socket.recv())


def _cpu(pid: int) -> float:
    """User and system time of all threads of a process, to the nanosecond; /proc has ticks."""
    # What clock_getcpuclockid(3) gives on Linux.
    return time.clock_gettime((~pid << 3) | 2)


def main() -> None:
    asked = _arguments()
    with kitchen.opened(burst=5) as room, serve.gateway(room) as subject:
        asyncio.run(_measure(asked, subject, _token(room, subject.port)))


async def _measure(asked: argparse.Namespace, subject: Subject, token: str) -> None:
    bench = Bench(subject, token, Load(subject, asked.rate), asked.seconds)
    watched: list[Pair] = []
    empty: list[Pair] = []
    async with bench.load.running():
        await asyncio.sleep(_WARM)
        for number in range(asked.rounds):
            first = number % 2 == 1
            watched.append(await bench.pair(asked.viewers, first=first))
            empty.append(await bench.pair(0, first=first))
    print(_line(f"{asked.viewers} viewers", watched))
    print(_line("nobody", empty))
    last = watched[-1].other
    print(f"of the last turn: {last.requests} requests, {last.frames} frames, {last.lines} lines, "
          f"{last.skipped} skipped; {bench.load.faults} faults in all")  # fmt: skip


def _line(name: str, pairs: Sequence[Pair]) -> str:
    """The middle ratio and how far the middle half of them spreads."""
    ratios = [each.ratio for each in pairs]
    low, middle, high = statistics.quantiles(ratios, n=4)
    alone = statistics.median(each.alone.micros for each in pairs)
    more = statistics.median(each.other.micros - each.alone.micros for each in pairs)
    return (
        f"{name:>12} to nobody: {middle:.3f} ({low:.3f} to {high:.3f})"
        f"   {alone:.1f} {more:+.1f} µs a request   {len(pairs)} pairs"
    )


def _token(room: Kitchen, port: int) -> str:
    """The password was printed at the first start."""
    log = Path(room.folder / "potluck.log").read_text(encoding="utf-8")
    password = re.search(r"shown this once: (\S+)", log)
    assert password is not None, log
    body = {"password": password[1]}
    answer = httpx.post(f"http://127.0.0.1:{port}/auth/login", json=body, trust_env=False)
    token: str = answer.json()["token"]
    return token


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.livelog", description=__doc__)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--rate", type=int, default=500, help="requests a second")
    parser.add_argument("--seconds", type=float, default=1.5, help="of each turn")
    parser.add_argument("--rounds", type=int, default=10, help="pairs of each kind")
    return parser.parse_args()


if __name__ == "__main__":
    main()
