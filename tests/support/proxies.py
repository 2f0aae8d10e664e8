"""Outbound proxies on loopback that speak HTTP (CONNECT and plain) and SOCKS5 (RFC 1928, 1929)."""

from __future__ import annotations

import asyncio
import base64
import ssl
import struct
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """`asked` are the destinations, as `host:port`. With `password` it wants `user` and that.

    A name that ends with `.test` is resolved to loopback, and by nobody else than this proxy.
    """

    scheme = "http"

    def __init__(self, password: str = "", *, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.refused = 0
        self._password = password
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def url(self, password: str | None = None) -> str:
        password = self._password if password is None else password
        user = f"user:{password}@" if password else ""
        return f"{self.scheme}://{user}127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._handle(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """HTTP: CONNECT makes a tunnel, anything else is passed on."""
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if self._password and not self._authorised(head):
            self.refused += 1
            writer.write(b"HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
            return
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            there = await self._reach(host, int(port))
            writer.write(b"HTTP/1.1 200 Go on\r\n\r\n")
        else:
            parts = urlsplit(target)
            there = await self._reach(parts.hostname or "", parts.port or 80)
            there[1].write(head.replace(target.encode(), (parts.path or "/").encode(), 1))
        await _both_ways(reader, writer, *there)

    def _authorised(self, head: bytes) -> bool:
        wanted = base64.b64encode(f"user:{self._password}".encode())
        return b"proxy-authorization: basic " + wanted.lower() in head.lower()

    async def _reach(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.asked.append(f"{host}:{port}")
        return await asyncio.open_connection("127.0.0.1", port)


class HttpsProxy(Proxy):
    """Itself behind TLS."""

    scheme = "https"


class Socks(Proxy):
    scheme = "socks5"

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        if self._password:
            writer.write(b"\x05\x02")
            if not await self._known(reader, writer):
                return
        else:
            writer.write(b"\x05\x00")
        host, port = await _destination(reader)
        there = await self._reach(host, port)
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        await _both_ways(reader, writer, *there)

    async def _known(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        await reader.readexactly(1)
        said = []
        for _ in range(2):
            (length,) = await reader.readexactly(1)
            said.append((await reader.readexactly(length)).decode())
        known = said == ["user", self._password]
        writer.write(b"\x01\x00" if known else b"\x01\x01")
        await writer.drain()
        self.refused += not known
        return known


async def _destination(reader: asyncio.StreamReader) -> tuple[str, int]:
    _, _, _, kind = await reader.readexactly(4)
    if kind == 3:
        (length,) = await reader.readexactly(1)
        host = (await reader.readexactly(length)).decode()
    else:
        raw = await reader.readexactly(4 if kind == 1 else 16)
        host = ".".join(str(byte) for byte in raw)
    (port,) = struct.unpack(">H", await reader.readexactly(2))
    return host, port


async def _both_ways(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    there: asyncio.StreamReader,
    back: asyncio.StreamWriter,
) -> None:
    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
        sink.close()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(copy(reader, back))
            group.create_task(copy(there, writer))
    except* ConnectionError:
        pass
    finally:
        back.close()
