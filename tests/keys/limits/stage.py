"""A Redis for tests: each test under a prefix of its own, and a wire that can break."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
import pytest

from keys.limits import Local
from keys.limits.keeper import Timing
from keys.limits.scripts import Names
from keys.limits.shared import SCRIPTS, Shared
from keys.limits.wire import Wire, connect

URL = os.environ.get("POTLUCK_TEST_REDIS", "redis://127.0.0.1:6379/0")
QUICK = Timing(hold=1.0, nap=0.5, beat=0.2, poll=0.02)
PROBES = (0.02,)
HOME = "203.0.113.7"


def _present() -> bool:
    found = urlsplit(URL)
    try:
        socket.create_connection((found.hostname or "", found.port or 6379), 0.5).close()
    except OSError:
        return False
    return True


needs_redis = pytest.mark.skipif(not _present(), reason="no Redis answers at POTLUCK_TEST_REDIS")
needs_server = pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="there is no redis-server to start and kill"
)


class Key(msgspec.Struct, frozen=True):
    key_id: int = 1
    rpm: int | None = None
    concurrency: int | None = None
    waiting: int = 0


def utcnow() -> datetime:
    return datetime.now(UTC)


def shared(url: str, names: Names, local: Local | None = None, *, timing: Timing = QUICK) -> Shared:
    wire = Wire(connect(url), SCRIPTS, prefix=names.prefix, probes=PROBES)
    return Shared(wire, local or Local(), names=names, timing=timing)


@asynccontextmanager
async def started(
    url: str, names: Names, local: Local | None = None, *, timing: Timing = QUICK
) -> AsyncIterator[Shared]:
    limits = shared(url, names, local, timing=timing)
    await limits.start()
    try:
        yield limits
    finally:
        await limits.close()


@asynccontextmanager
async def names_of_a_test() -> AsyncIterator[Names]:
    """A prefix, under which nothing is left behind."""
    names = Names(f"potluck-test-{os.getpid()}-{secrets.token_hex(4)}:")
    try:
        yield names
    finally:
        client = connect(URL)
        found = [name async for name in client.scan_iter(f"{names.prefix}*", count=1000)]
        if found:
            await client.delete(*found)
        await client.aclose()


async def eventually(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Waits for what another process or task does; fails when it never comes."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


class Relay:
    """Stands between a client and Redis: may break every connection, or fall silent."""

    def __init__(self) -> None:
        self.url = ""
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server: asyncio.Server | None = None
        self._port = 0
        self._streams: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"

    async def cut(self) -> None:
        """As if the server died."""
        if self._server is not None:
            self._server.close()
        self.speak()
        for stream in [*self._streams]:
            stream.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def silence(self) -> None:
        """Connections stay open, and nothing comes through."""
        self._flowing.clear()

    def speak(self) -> None:
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        found = urlsplit(URL)
        back, forth = await asyncio.open_connection(found.hostname, found.port or 6379)
        self._streams |= {writer, forth}
        loop = asyncio.get_running_loop()
        other = loop.create_task(self._pump(back, writer))
        try:
            await self._pump(reader, forth)
        finally:
            other.cancel()
            await asyncio.gather(other, return_exceptions=True)
            for stream in (writer, forth):
                stream.transport.abort()
            self._streams -= {writer, forth}
            self._tasks.discard(task)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                await self._flowing.wait()
                target.write(data)
                await target.drain()
        except OSError:
            return
        finally:
            target.close()


@asynccontextmanager
async def relayed() -> AsyncIterator[Relay]:
    relay = Relay()
    await relay.open()
    try:
        yield relay
    finally:
        await relay.cut()


class Server:
    """A redis-server of the test's own, which keeps nothing when it stops."""

    def __init__(self, port: int, folder: str, password: str) -> None:
        self.url = f"redis://:{password}@127.0.0.1:{port}/0"
        self._command = [
            "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--dir", folder, "--requirepass", password,
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def server(password: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        found = Server(port, folder, password)
        found.start()
        try:
            yield found
        finally:
            found.kill()
