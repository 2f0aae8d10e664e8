"""One HTTP/1.1 connection, byte by byte: what a test must see that HTTP libraries hide."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, Self

PATIENCE = 15.0


class Broken(Exception):
    """The connection ended before the answer was complete."""


class Head(NamedTuple):
    status: int
    headers: Mapping[str, str]


class Line:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._head: Head | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, port: int) -> AsyncIterator[Self]:
        line = cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**24))
        try:
            yield line
        finally:
            await line.hang_up()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Mapping[str, Any] = b"",
    ) -> None:
        """Sends a whole request. A mapping is sent as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        every = {"content-length": str(len(data)), **(headers or {})}
        await self.begin(method, path, every)
        await self.send(data)

    async def begin(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Sends the head alone."""
        lines = [f"{method} {path} HTTP/1.1", "host: gateway"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def head(self) -> Head:
        """Status and headers, names in lower case. Raises Broken."""
        if self._head is None:
            async with asyncio.timeout(PATIENCE):
                lines = (await self._until(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in lines[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            self._head = Head(int(lines[0].split(" ")[1]), headers)
        return self._head

    async def piece(self) -> bytes:
        """What one write of the server brought; b"" at the end of the answer. Raises Broken."""
        head = await self.head()
        async with asyncio.timeout(PATIENCE):
            if head.headers.get("transfer-encoding") != "chunked":
                return await self._reader.read(2**20)
            size = int(await self._until(b"\r\n"), 16)
            return (await self._exactly(size + 2))[:-2]

    async def rest(self) -> bytes:
        """The rest of the answer. Raises Broken when it breaks off."""
        head = await self.head()
        if "content-length" in head.headers:
            async with asyncio.timeout(PATIENCE):
                return await self._exactly(int(head.headers["content-length"]))
        pieces: list[bytes] = []
        while piece := await self.piece():
            pieces.append(piece)
        return b"".join(pieces)

    async def hang_up(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            # The other side was faster.
            return

    async def _until(self, mark: bytes) -> bytes:
        try:
            return await self._reader.readuntil(mark)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Broken(str(error)) from error

    async def _exactly(self, size: int) -> bytes:
        try:
            return await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Broken(str(error)) from error
