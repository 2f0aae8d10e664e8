"""How an upstream's answer is read: translated into events, or passed on and only listened to."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import msgspec

from proxy.dialects.base import JSON, Codec, EventParser
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch, Piece
from proxy.upstreams.client import Reply

log = logging.getLogger("potluck.proxy")

Reader = Callable[[Reply], AsyncGenerator[Piece, None]]
"""Raises GatewayError when the answer is no answer, or breaks off."""

Note = Callable[[GatewayError], None]

_decode = msgspec.json.Decoder(JSON).decode


def translated(codec: Codec, *, stream: bool) -> Reader:
    """Events only: the client speaks another dialect, or a stage changes the text."""

    async def pieces(reply: Reply) -> AsyncGenerator[Piece, None]:
        if not stream or _is_json(reply):
            yield Piece(codec.parse_response(decoded(await reply.whole())))
            return
        parser = codec.event_parser()
        async with aclosing(reply.chunks()) as chunks:
            async for chunk in chunks:
                if events := parser.feed(chunk):
                    yield Piece(events)
        if events := parser.flush():
            yield Piece(events)

    return pieces


def passed(codec: Codec, *, stream: bool, array: bool, note: Note) -> Reader:
    """The upstream's own bytes, with what a listener understood of them. `array`: the stream is
    a JSON array.

    Until the listener has understood something nothing is sent, so that an error in the first
    event can still go to another credential. After that it may fail; the bytes still flow.
    """

    async def pieces(reply: Reply) -> AsyncGenerator[Piece, None]:
        if not stream or (_is_json(reply) and not array):
            body = await reply.whole()
            yield Piece(_heard(codec, decoded(body)), body)
            return
        tap = _Tap(codec.event_parser(), note)
        held = b""
        async with aclosing(reply.chunks()) as chunks:
            async for chunk in chunks:
                events = tap.feed(chunk)
                if events or tap.begun:
                    yield Piece(events, held + chunk)
                    held = b""
                else:
                    held += chunk
        events = tap.flush()
        if events or held:
            yield Piece(events, held)

    return pieces


async def unread(reply: Reply) -> AsyncGenerator[Piece, None]:
    """A whole JSON answer without events (embeddings, token counts), as it came."""
    body = await reply.whole()
    decoded(body)
    yield Piece([], body)


class _Tap:
    """Feeds a parser on the side. Errors count only while nothing has been sent."""

    def __init__(self, parser: EventParser, note: Note) -> None:
        self._parser: EventParser | None = parser
        self._note = note
        self.begun = False

    def feed(self, chunk: bytes) -> Batch:
        events = self._guard(lambda parser: parser.feed(chunk))
        self.begun = self.begun or bool(events) or self._parser is None
        return events

    def flush(self) -> Batch:
        return self._guard(lambda parser: parser.flush())

    def _guard(self, listen: Callable[[EventParser], Batch]) -> Batch:
        if self._parser is None:
            return []
        try:
            return listen(self._parser)
        except GatewayError as error:
            self._parser = None
            if not self.begun:
                raise
            self._note(error)
        except Exception:
            # A listener's bug must not break an answer that is fine.
            self._parser = None
            log.exception("the listener failed; the answer is passed on unheard")
        return []


def _heard(codec: Codec, body: JSON) -> Batch:
    try:
        return codec.parse_response(body)
    except GatewayError:
        raise
    except Exception:
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
