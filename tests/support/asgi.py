"""Drives an ASGI application message by message, and can hang up. (httpx's transport buffers.)"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec


class Caller:
    """One request to `app`. `sent` holds the messages that the application has sent so far."""

    def __init__(
        self,
        app: Any,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Iterable[tuple[str, str]] = (),
        body: bytes | object = b"",
        chunks: Iterable[bytes] | None = None,
    ) -> None:
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        parts = [raw] if chunks is None else list(chunks)
        self._scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers],
            "client": ("203.0.113.9", 5555),
        }
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        for number, part in enumerate(parts):
            more = number + 1 < len(parts)
            self._incoming.put_nowait({"type": "http.request", "body": part, "more_body": more})
        self._app = app
        self._changed = asyncio.Event()
        self.sent: list[dict[str, Any]] = []
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(
            self._app(self._scope, self._incoming.get, self._send)
        )

    async def finish(self, timeout: float = 10.0) -> None:
        if self._task is None:
            await self.start()
        assert self._task is not None
        await asyncio.wait_for(self._task, timeout)

    async def hang_up(self) -> None:
        self._incoming.put_nowait({"type": "http.disconnect"})
        await self.finish()

    async def until(self, text: bytes, timeout: float = 10.0) -> None:
        """Waits until `text` is in what was sent."""
        async with asyncio.timeout(timeout):
            while text not in self.body:
                self._changed.clear()
                await self._changed.wait()

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"]) if self.sent else 0

    @property
    def headers(self) -> dict[str, str]:
        pairs = self.sent[0]["headers"] if self.sent else []
        return {name.decode(): value.decode() for name, value in pairs}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    async def _send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)
        self._changed.set()
        await asyncio.sleep(0)


async def call(app: Any, method: str, path: str, **options: Any) -> Caller:
    """The finished request."""
    caller = Caller(app, method, path, **options)
    await caller.finish()
    return caller
