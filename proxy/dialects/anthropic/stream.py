"""The stream of an answer, read: server-sent events into `ir` events."""

from __future__ import annotations

import msgspec

from proxy.dialects.anthropic import errors
from proxy.dialects.anthropic.answer import Answer
from proxy.dialects.jsontext import BROKEN
from proxy.errors import GatewayError
from proxy.ir import Batch
from proxy.sse import Decoder, ServerEvent

_decode = msgspec.json.Decoder().decode
_QUIET = frozenset({"ping"})


class MessageParser:
    """`EventParser` of the Messages API. The type of an event is in its data; `event:` lines
    repeat it, and may be missing (some compatible services leave them out).

    What came before a failure is returned first; the error comes with the next call, so that it
    does not depend on how the bytes were cut.
    """

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._answer = Answer()
        self._failed: GatewayError | None = None

    def feed(self, data: bytes) -> Batch:
        # The first bytes may be a byte order mark, which is the decoder's business.
        whole = _plain(data) if self._answer.begun and self._decoder.idle else None
        return self._take(self._decoder.feed(data) if whole is None else whole)

    def flush(self) -> Batch:
        out = self._take(self._decoder.flush())
        if self._failed is not None:
            raise self._failed
        if self._answer.done:
            return out
        if not self._answer.begun and self._decoder.stray:
            return self._whole(self._decoder.stray)
        raise errors.broken("The upstream broke its answer off.")

    def _take(self, events: list[ServerEvent]) -> Batch:
        if self._failed is not None:
            raise self._failed
        out: Batch = []
        for event in events:
            try:
                out += self._read(event)
            except GatewayError as error:
                self._failed = error
                break
        if self._failed is not None and not out:
            raise self._failed
        return out

    def _read(self, event: ServerEvent) -> Batch:
        data, name = event
        if name in _QUIET or self._answer.done:
            return []
        try:
            body = _decode(data)
        except BROKEN:
            if name == "error":
                raise errors.named(data.decode("utf-8", "replace")) from None
            if data.strip() == b"[DONE]":
                # Not Anthropic's, but compatible services send it.
                return []
            raise errors.broken("The upstream's stream holds an event that is no JSON.") from None
        if name == "error":
            raise errors.named(body)
        return self._answer.read(body) if type(body) is dict else []

    def _whole(self, text: bytes) -> Batch:
        """Some services answer a request for a stream with one JSON object, or an error so."""
        try:
            body = _decode(text)
        except BROKEN:
            raise errors.broken("The upstream's answer is no stream of events.") from None
        if not isinstance(body, dict):
            raise errors.broken("The upstream's answer is no stream of events.")
        return self._answer.whole(body)


def _plain(data: bytes) -> list[ServerEvent] | None:
    """The events of a read that holds whole events, each as Anthropic writes it; else None.

    Nearly every read is one, and this takes half of the decoder's time.
    """
    if data[:7] != b"event: " or data[-2:] != b"\n\n" or b"\r" in data:
        return None
    found = []
    for event in data[:-2].split(b"\n\n"):
        head, cut, body = event.partition(b"\ndata: ")
        if not cut or head[:7] != b"event: " or b"\n" in head or b"\n" in body:
            return None
        found.append(ServerEvent(body, head[7:].decode("utf-8", "replace")))
    return found
