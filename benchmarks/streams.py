"""Many streams at a walking pace: how late does each chunk arrive? A process of its own.

Reads a plan as JSON from standard input and prints what it saw as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from typing import cast

import msgspec
import uvloop

from benchmarks import pace, processes
from benchmarks.answers import Malformed, Reader, fault
from benchmarks.asks import Ask
from benchmarks.load import percentile

_OPENING = 1.0
_PATIENCE = 15.0
_LONGEST_STAMP = 40


class Plan(msgspec.Struct, frozen=True):
    """`count` streams, opened over one second; each should be over after `seconds`."""

    port: int
    ask: Ask
    pid: int
    count: int
    seconds: float


class Seen(msgspec.Struct, frozen=True):
    """Lateness is arrival minus the time the chunk was due at the mock."""

    streams: int
    chunks: int
    seconds: float
    late_p50_ms: float
    late_p99_ms: float
    late_max_ms: float
    cpu_seconds: float
    peak_bytes: int
    faults: int = 0
    first_fault: str = ""


class Guests:
    """What all clients saw; `done` is set when the last stream ended."""

    def __init__(self, plan: Plan) -> None:
        self.ask = plan.ask
        self.late: list[float] = []
        self.faults: list[str] = []
        self.whole = 0
        self.done = asyncio.Event()
        self._left = plan.count

    def leave(self, wrong: str | None) -> None:
        if wrong:
            self.faults.append(wrong)
        else:
            self.whole += 1
        self._left -= 1
        if not self._left:
            self.done.set()


class Client(asyncio.Protocol):
    def __init__(self, guests: Guests) -> None:
        self._guests = guests
        self._reader = Reader()
        self._tail = b""
        self._left = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no asyncio class.
        self._transport = cast(asyncio.WriteTransport, transport)
        self._transport.write(self._guests.ask.request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        text, end = self._tail + data, 0
        for stamp in pace.STAMP.finditer(text):
            self._guests.late.append(now - float(stamp[1]))
            end = stamp.end()
        # A stamp may be cut in two: look at the end of this read again, but at no stamp twice.
        self._tail = text[max(end, len(text) - _LONGEST_STAMP) :]
        try:
            answer = self._reader.feed(data)
        except Malformed as error:
            self._leave(str(error))
            return
        if answer is not None:
            self._leave(fault(self._guests.ask, answer))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._left:
            self._leave(f"the connection was closed: {exc}")

    def _leave(self, wrong: str | None) -> None:
        self._left = True
        self._guests.leave(wrong)
        self._transport.close()


class Scale:
    """Weighs the subject twice a second."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._loop = asyncio.get_running_loop()
        self.peak = 0
        self._weigh()

    def _weigh(self) -> None:
        self.peak = max(self.peak, processes.rss_bytes(self._pid))
        self._loop.call_later(0.5, self._weigh)


async def run(plan: Plan) -> Seen:
    loop = asyncio.get_running_loop()
    guests, scale = Guests(plan), Scale(plan.pid)
    cpu, started = processes.cpu_seconds(plan.pid), time.monotonic()
    for number in range(plan.count):
        await asyncio.sleep(max(0, started + number / plan.count * _OPENING - time.monotonic()))
        await loop.create_connection(lambda: Client(guests), "127.0.0.1", plan.port)
    try:
        await asyncio.wait_for(guests.done.wait(), plan.seconds + _PATIENCE)
    except TimeoutError:
        guests.faults.append(f"{plan.count - guests.whole} streams were not over in time")
    late = sorted(guests.late)
    return Seen(
        streams=guests.whole,
        chunks=len(late),
        seconds=time.monotonic() - started,
        late_p50_ms=percentile(late, 0.50) * 1000,
        late_p99_ms=percentile(late, 0.99) * 1000,
        late_max_ms=percentile(late, 1.0) * 1000,
        cpu_seconds=processes.cpu_seconds(plan.pid) - cpu,
        peak_bytes=scale.peak,
        faults=len(guests.faults),
        first_fault=guests.faults[0] if guests.faults else "",
    )


def main() -> None:
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    processes.raise_file_limit()
    gc.freeze()
    gc.disable()
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(plan))))


if __name__ == "__main__":
    main()
