"""How an upstream's answer is read: translated into events, or passed on and only listened to."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Protocol

import msgspec

from proxy.dialects.base import JSON, Codec, Listener
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch, Piece
from proxy.upstreams.client import Reply

log = logging.getLogger("potluck.proxy")

Note = Callable[[GatewayError], None]

_decode = msgspec.json.Decoder(JSON).decode


class Reader(Protocol):
    """Reads one answer. Raises GatewayError when it is no answer, or breaks off."""

    def streams(self, reply: Reply) -> bool:
        """Whether the answer comes bit by bit."""
        ...

    async def whole(self, reply: Reply) -> Piece: ...

    def stream(self, reply: Reply) -> AsyncGenerator[Piece, None]: ...


class Translated:
    """Events only: the client speaks another dialect, or a stage changes the text."""

    def __init__(self, codec: Codec, *, stream: bool) -> None:
        self._codec = codec
        self._stream = stream

    def streams(self, reply: Reply) -> bool:
        return self._stream and not _is_json(reply)

    async def whole(self, reply: Reply) -> Piece:
        return Piece(self._codec.parse_response(decoded(await reply.whole())))

    async def stream(self, reply: Reply) -> AsyncGenerator[Piece, None]:
        parser = self._codec.event_parser()
        async with aclosing(reply.chunks()) as chunks:
            async for chunk in chunks:
                if events := parser.feed(chunk):
                    yield Piece(events)
        if events := parser.flush():
            yield Piece(events)


class Passed:
    """The upstream's own bytes, with what a listener understood of them.

    Until the listener has understood something nothing is sent, so that an error in the first
    event can still go to another credential. After that it may fail; the bytes still flow.
    `array`: the stream is a JSON array. `note` hears of an error in a stream that flows.
    """

    def __init__(self, codec: Codec, *, stream: bool, array: bool, note: Note) -> None:
        self._codec = codec
        self._stream = stream
        self._array = array
        self._note = note

    def streams(self, reply: Reply) -> bool:
        return self._stream and (self._array or not _is_json(reply))

    async def whole(self, reply: Reply) -> Piece:
        body = await reply.whole()
        try:
            return Piece(self._codec.listener().whole(body), body)
        except GatewayError:
            raise
        except Exception:
            log.exception("the listener failed; the answer is passed on unheard")
            return Piece([], body)

    async def stream(self, reply: Reply) -> AsyncGenerator[Piece, None]:
        ear = _Ear(self._codec.listener(), self._note)
        held = b""
        async with aclosing(reply.chunks()) as chunks:
            async for chunk in chunks:
                events = ear.feed(chunk)
                if ear.begun:
                    yield Piece(events, held + chunk)
                    held = b""
                else:
                    held += chunk
        events = ear.flush()
        if events or held:
            yield Piece(events, held)


class Unread:
    """A whole JSON answer without events (embeddings, token counts), as it came."""

    def streams(self, reply: Reply) -> bool:
        return False

    async def whole(self, reply: Reply) -> Piece:
        body = await reply.whole()
        decoded(body)
        return Piece([], body)

    def stream(self, reply: Reply) -> AsyncGenerator[Piece, None]:
        raise NotImplementedError


class _Ear:
    """A listener on the side. Its errors count only while nothing has been sent."""

    def __init__(self, listener: Listener, note: Note) -> None:
        self._listener: Listener | None = listener
        self._note = note
        self.begun = False

    def feed(self, chunk: bytes) -> Batch:
        events = self._guard(lambda listener: listener.feed(chunk))
        self.begun = self.begun or bool(events) or self._listener is None
        return events

    def flush(self) -> Batch:
        return self._guard(lambda listener: listener.flush())

    def _guard(self, listen: Callable[[Listener], Batch]) -> Batch:
        if self._listener is None:
            return []
        try:
            return listen(self._listener)
        except GatewayError as error:
            self._listener = None
            if not self.begun:
                raise
            self._note(error)
        except Exception:
            # A listener's bug must not break an answer that is fine.
            self._listener = None
            log.exception("the listener failed; the answer is passed on unheard")
        return []


def _is_json(reply: Reply) -> bool:
    # Some services answer a request for a stream with one JSON object.
    return reply.content_type.startswith("application/json")


def decoded(body: bytes) -> JSON:
    try:
        return _decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise GatewayError(
            ErrorKind.UPSTREAM_BROKEN, "The upstream's answer is not a JSON object."
        ) from error
