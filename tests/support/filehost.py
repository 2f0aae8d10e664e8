"""A file server on loopback that can misbehave: it writes raw bytes, and notes what it was sent."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

Write = Callable[[asyncio.StreamWriter], Awaitable[None]]
Answer = bytes | Write

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(20)


def answer(
    body: bytes = PNG, *headers: str, mime: str = "image/png", status: int = 200, sized: bool = True
) -> bytes:
    """A whole HTTP answer; its connection is closed after it."""
    lines = [f"HTTP/1.1 {status} Whatever", *headers, "connection: close"]
    lines += [f"content-type: {mime}"] if mime else []
    lines += [f"content-length: {len(body)}"] if sized else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def moved(location: str, *headers: str, status: int = 302) -> bytes:
    return answer(b"", f"location: {location}", *headers, mime="", status=status)


class FileHost:
    """`answers` by path. `heads` are the requests as they came; `gone` is set when a client left
    before its answer was whole."""

    def __init__(
        self,
        answers: Mapping[str, Answer],
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answers = dict(answers)
        self.heads: list[str] = []
        self.gone = asyncio.Event()
        self._host = host
        self._tls = tls

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    def url(self, path: str = "/a.png", host: str = "") -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host or self._host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            said = self.answers.get(head.split(" ", 2)[1], answer(b"", status=404))
            if isinstance(said, bytes):
                writer.write(said)
                await writer.drain()
            else:
                await said(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone.set()
        finally:
            writer.close()
