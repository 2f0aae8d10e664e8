"""What the live log costs: `python -m benchmarks.livelog`.

The gateway answers 500 requests a second, each a line of the log, while nobody and while twenty
viewers watch. Printed is its CPU time per request, the median of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import statistics
import time
from collections.abc import AsyncIterator

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks import kitchen, processes, serve
from benchmarks.answers import Reader, fault
from benchmarks.asks import Ask
from benchmarks.kitchen import Kitchen, Scenario, Subject

_CONNECTIONS = 10
_WARM = 1.0


class Seen(msgspec.Struct):
    """Of one round. `lines` and `skipped` are of all viewers together."""

    requests: int = 0
    cpu_seconds: float = 0.0
    faults: int = 0
    frames: int = 0
    lines: int = 0
    skipped: int = 0

    @property
    def micros(self) -> float:
        return 1e6 * self.cpu_seconds / max(1, self.requests)


class Session(msgspec.Struct, frozen=True):
    subject: Subject
    token: str
    rate: int
    seconds: float


def main() -> None:
    asked = _arguments()
    with kitchen.opened(burst=5) as room, serve.gateway(room) as subject:
        session = Session(subject, _token(room, subject.port), asked.rate, asked.seconds)
        rounds: dict[int, list[Seen]] = {0: [], asked.viewers: []}
        for _ in range(asked.rounds):
            for viewers, found in rounds.items():
                found.append(asyncio.run(_round(session, viewers)))
    alone = statistics.median(each.micros for each in rounds[0])
    for viewers, found in rounds.items():
        print(_line(viewers, found, alone))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.livelog", description=__doc__)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--rate", type=int, default=500, help="requests a second")
    parser.add_argument("--seconds", type=float, default=3.0, help="measured, in each round")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _token(room: Kitchen, port: int) -> str:
    """The password was printed at the first start."""
    log = (room.folder / "potluck.log").read_text(encoding="utf-8")
    password = re.search(r"shown this once: (\S+)", log)
    assert password is not None, log
    body = {"password": password[1]}
    answer = httpx.post(f"http://127.0.0.1:{port}/auth/login", json=body, trust_env=False)
    token: str = answer.json()["token"]
    return token


async def _round(session: Session, viewers: int) -> Seen:
    seen = Seen()
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(viewers):
            await stack.enter_async_context(_watching(session, seen))
        over = asyncio.Event()
        ask = session.subject.asks[Scenario.JSON]
        async with asyncio.TaskGroup() as clients:
            for number in range(_CONNECTIONS):
                clients.create_task(_asking(session, ask, number, seen, over))
            await asyncio.sleep(_WARM)
            requests, cpu = seen.requests, processes.cpu_seconds(session.subject.pid)
            await asyncio.sleep(session.seconds)
            seen.cpu_seconds = processes.cpu_seconds(session.subject.pid) - cpu
            counted = seen.requests - requests
            over.set()
        seen.requests = counted
    return seen


@contextlib.asynccontextmanager
async def _watching(session: Session, seen: Seen) -> AsyncIterator[None]:
    address = f"ws://127.0.0.1:{session.subject.port}/auth/logs/stream"
    headers = {"Authorization": f"Bearer {session.token}"}
    async with connect(address, additional_headers=headers, proxy=None) as socket:
        reading = asyncio.get_running_loop().create_task(_read(socket, seen))
        yield
    await reading


async def _read(socket: ClientConnection, seen: Seen) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            frame = json.loads(await socket.recv())
            seen.frames += 1
            seen.lines += len(frame["lines"])
            seen.skipped += frame["skipped"]


async def _asking(session: Session, ask: Ask, number: int, seen: Seen, over: asyncio.Event) -> None:
    """One of the clients that together keep the pace."""
    step = _CONNECTIONS / session.rate
    due = time.monotonic() + step * number / _CONNECTIONS
    reader, writer = await asyncio.open_connection("127.0.0.1", session.subject.port)
    parser = Reader()
    while not over.is_set():
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        due += step
        writer.write(ask.request)
        while (answer := parser.feed(await reader.read(65_536))) is None:
            pass
        seen.requests += 1
        seen.faults += fault(ask, answer) is not None
    writer.close()


def _line(viewers: int, found: list[Seen], alone: float) -> str:
    micros = statistics.median(each.micros for each in found)
    last = found[-1]
    return (
        f"{viewers:3d} viewers   {micros:7.1f} µs a request   {micros - alone:+7.1f} µs"
        f"   {last.requests} requests   {last.frames} frames   {last.lines} lines"
        f"   {last.skipped} skipped   {sum(each.faults for each in found)} faults"
    )


if __name__ == "__main__":
    main()
