"""The answer leaves: pieces become bytes of the caller's dialect, streamed or whole."""

from __future__ import annotations

from typing import Protocol, Self

import msgspec
from msgspec.structs import replace

from proxy.call import Call
from proxy.dialects.base import Codec, EventRenderer
from proxy.dialects.losses import header
from proxy.errors import GatewayError
from proxy.http import Headers, Responder, encoded
from proxy.ir import Batch, Event, Piece, Ping, Request, Start
from proxy.stages.keepalive import Keepalive

_encode = msgspec.json.Encoder().encode


class Voice(Protocol):
    """How an answer is said. A context: it is left when the request ends, however it does."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def say(self, piece: Piece) -> None: ...

    async def finish(self) -> None:
        """The answer is complete."""
        ...

    async def fail(self, error: GatewayError) -> None:
        """The answer breaks off after its status has gone out."""
        ...


class Whole:
    """One JSON body at the end."""

    def __init__(self, responder: Responder, codec: Codec, request: Request, call: Call) -> None:
        self._responder = responder
        self._codec = codec
        self._request = request
        self._call = call
        self._events: list[Event] = []
        self._raw: bytes | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def say(self, piece: Piece) -> None:
        self._events += dated(piece.events, self._call)
        if piece.raw is not None:
            self._raw = (self._raw or b"") + piece.raw

    async def finish(self) -> None:
        call, body = self._call, self._raw
        if body is None:
            rendered = self._codec.render_response(self._events, self._request)
            call.lose(rendered.losses)
            body = _encode(rendered.body)
        call.status = 200
        await self._responder.whole(200, body, dropped(call))

    async def fail(self, error: GatewayError) -> None:
        # Nothing has gone out: the door still says it with a status.
        raise error


class Streamed:
    """The head goes out with the first piece, or with the first keep-alive: after `first` seconds
    of silence (`every` if not given), and again after each silence of `every` seconds."""

    def __init__(
        self,
        responder: Responder,
        renderer: EventRenderer,
        call: Call,
        *,
        every: float,
        first: float | None = None,
    ) -> None:
        self._responder = responder
        self._renderer = renderer
        self._call = call
        self._keepalive = Keepalive(every, self._ping, first=first)
        self._raw = False
        self._between = True

    async def __aenter__(self) -> Self:
        self._keepalive.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._keepalive.stop()

    async def say(self, piece: Piece) -> None:
        if piece.raw is None:
            data = self._renderer.feed(dated(piece.events, self._call))
        else:
            data = piece.raw
            self._raw = True
            # A keep-alive may not fall into the middle of an event.
            self._between = data.endswith((b"\n\n", b"\r\n\r\n"))
        if data:
            await self._write(data)

    async def finish(self) -> None:
        # The upstream's own bytes already hold what ends a stream.
        data = b"" if self._raw else self._renderer.flush()
        await self._close(data)

    async def fail(self, error: GatewayError) -> None:
        self._call.code, self._call.detail = error.kind, error.message
        start = b"" if self._between else b"\n\n"
        await self._close(start + self._renderer.fail(error))

    async def _close(self, data: bytes) -> None:
        await self._keepalive.stop()
        await self._begin()
        self._call.lose(self._renderer.losses)
        await self._responder.end(data)

    async def _write(self, data: bytes) -> None:
        if not self._responder.started:
            await self._begin()
        self._keepalive.note()
        await self._responder.write(data)

    async def _begin(self) -> None:
        if not self._responder.started:
            self._call.status = 200
            content_type = self._renderer.content_type.encode()
            await self._responder.start(200, content_type, [*_STREAMED, *dropped(self._call)])

    async def _ping(self) -> None:
        if self._between and (data := self._renderer.feed([Ping()])):
            await self._write(data)


def dated(events: Batch, call: Call) -> Batch:
    """Not every dialect says when an answer began, but some must."""
    if events and type(first := events[0]) is Start and not first.created:
        return [replace(first, created=int(call.at.timestamp())), *events[1:]]
    return events


_STREAMED: Headers = [
    (b"cache-control", b"no-store"),
    # nginx in front of the gateway would otherwise hold a stream back until its buffer is full.
    (b"x-accel-buffering", b"no"),
]


def dropped(call: Call) -> Headers:
    """The headers that tell what could not be carried into the other dialect, and which model
    answers if it is not the one that was asked for."""
    told = [encoded("x-potluck-dropped", header(call.losses))] if call.losses else []
    if call.detour and call.begun:
        told.append(encoded("x-potluck-model", call.detour))
    return told
