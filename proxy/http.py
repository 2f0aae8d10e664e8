"""ASGI on the smallest scale: read a body within a limit, answer, notice a client that leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import parse_qsl

from proxy import inflate, session, sizes
from proxy.errors import ErrorKind, GatewayError, invalid

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# Answers that come sooner need no listener, which is a task of its own.
_LISTEN_AFTER = 0.02

# How long a caller may take to send its body.
_BODY_SECONDS = 120.0

JSON = b"application/json"

CLOSING: Mapping[str, str] = {"connection": "close"}

# How long the rest of a refused body is thrown away before the connection is closed.
_LINGER = 10.0

_READ: Mapping[bytes, str] = {
    name.encode(): name
    for name in (
        *session.HEADERS,
        "anthropic-beta",
        "anthropic-version",
        "authorization",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "x-api-key",
        "x-forwarded-for",
        "x-goog-api-key",
    )
}

# Browser chat apps call from their own origin. Keys travel in headers, never in cookies, so any
# origin may call.
CORS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"*"),
]
PREFLIGHT: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"*, authorization"),
    (b"access-control-max-age", b"86400"),
]


def headers_of(scope: Scope) -> dict[str, str]:
    """Those headers that the gateway looks at, by lower-case name; of a repeated one the last."""
    return {
        _READ[name]: value.decode("latin-1") for name, value in scope["headers"] if name in _READ
    }


def query_of(scope: Scope) -> dict[str, str]:
    raw: bytes = scope.get("query_string", b"")
    return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True)) if raw else {}


async def read_body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """The whole body, unpacked. Raises GatewayError(TOO_LARGE) as soon as it is known to be over
    `limit` bytes, also for a body whose length was not announced."""
    if "content-encoding" in headers and (how := inflate.coding(headers["content-encoding"])):
        packed = await _read(receive, headers, limit)
        try:
            return await inflate.inflated(packed, how, limit)
        except inflate.TooMuch:
            raise _too_large(limit, unread=False) from None
    return await _read(receive, headers, limit)


async def _read(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > limit:
        raise _too_large(limit, unread=True)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit, unread=False)
        return body
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return await _gather(message, receive, limit)
    except TimeoutError as error:
        raise invalid("The request body did not arrive within two minutes.") from error


async def _gather(message: Message, receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise GatewayError(ErrorKind.CLIENT_GONE, "The client left before its body was whole.")
        body += message.get("body", b"")
        more = bool(message.get("more_body"))
        if len(body) > limit:
            raise _too_large(limit, unread=more)
        if not more:
            return bytes(body)
        message = await receive()


def _too_large(limit: int, *, unread: bool) -> GatewayError:
    return GatewayError(
        ErrorKind.TOO_LARGE,
        f"The request body is larger than this gateway takes ({sizes.said(limit)}).",
        # What is not read makes the connection useless for another request.
        headers=CLOSING if unread else {},
    )


def bodiless(send: Send) -> Send:
    """The answer to HEAD is that to GET, without its body."""

    async def headed(message: Message) -> None:
        bare = message["type"] == "http.response.body"
        await send({**message, "body": b""} if bare else message)

    return headed


class Ear(Protocol):
    """Hears what a client is sent, each time before it is."""

    def hear(self, data: bytes) -> None: ...

    def end(self, data: bytes) -> None:
        """The last bytes of a complete answer, or of one that fails."""
        ...


class Responder:
    """Sends one answer. `started` tells whether the status has gone out."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._id = (b"x-request-id", request_id.encode())
        self.started = False
        self.hangup: Hangup | None = None
        """Told before the last byte: from then on a closed connection is no news."""
        self.ear: Ear | None = None

    @property
    def hung_up(self) -> bool:
        """Whether the client has left."""
        return self.hangup is not None and self.hangup.happened

    async def start(self, status: int, content_type: bytes, extra: Headers) -> None:
        headers = [(b"content-type", content_type), *CORS, self._id, *extra]
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, data: bytes) -> None:
        if self.ear is not None:
            self.ear.hear(data)
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        if self.ear is not None:
            self.ear.end(data)
        if self.hangup is not None:
            self.hangup.release()
        await self._send({"type": "http.response.body", "body": data})

    async def whole(
        self, status: int, body: bytes, extra: Headers, *, content_type: bytes = JSON
    ) -> None:
        await self.start(status, content_type, [_length(body), *extra])
        await self.end(body)

    async def refuse(self, receive: Receive, status: int, body: bytes, extra: Headers) -> None:
        """An answer to a body that was not read."""
        await self.start(status, JSON, [_length(body), *extra])
        await self.write(body)
        await linger(receive)
        await self.end()


async def linger(receive: Receive) -> None:
    """Between an answer to a body that was not read, and its end. Closing at once would reset the
    connection, and the client would never see the answer; so what still comes is thrown away for
    a while."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while (await receive()).get("more_body"):
                pass


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % len(body)


def encoded(name: str, value: str) -> tuple[bytes, bytes]:
    """A header as ASGI wants it; what is not Latin-1 becomes a question mark."""
    return name.encode(), value.encode("latin-1", "replace")


class Hangup:
    """Cancels the request's own task when the client leaves, so that every `finally` below runs.

    Daphne says nothing to a writer whose client is gone, so the only way to know is to listen.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._listener: asyncio.Task[None] | None = None
        self.happened = False

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine always runs in one
        self._task = task
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_LISTEN_AFTER, self._start)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self.release()
        if self.happened and kind is asyncio.CancelledError:
            self._task.uncancel()
            return True
        return False

    def release(self) -> None:
        """Stops listening. Servers also report a disconnect once an answer is complete."""
        self._timer.cancel()
        if self._listener is not None:
            # Not awaited: it only waits for a message, and its end has no effect.
            self._listener.cancel()

    def _start(self) -> None:
        self._listener = self._loop.create_task(self._listen())

    async def _listen(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.happened = True
        self._task.cancel()
