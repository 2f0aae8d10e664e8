"""Chunks on the wire: server-sent events, or the elements of a JSON array.

Google's clients break on comments, `event:` lines and `[DONE]`; only bare newlines are a safe
keep-alive (seen in real clients). In JSON a newline between two elements means nothing, either.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from proxy.dialects.base import JSON
from proxy.dialects.gemini import errors
from proxy.dialects.gemini.chunk import Chunks
from proxy.errors import GatewayError
from proxy.ir import Event

_encode = msgspec.json.Encoder().encode

PING = b"\n"


class Events:
    """An `EventRenderer` for `?alt=sse`."""

    content_type = "text/event-stream"

    def __init__(self) -> None:
        self._chunks = Chunks()
        self.losses = self._chunks.losses

    def feed(self, events: Iterable[Event]) -> bytes:
        pinged = self._chunks.take(events)
        body = self._chunks.chunk()
        if body is not None:
            return self._frame(body)
        return PING if pinged else b""

    def flush(self) -> bytes:
        body = self._chunks.chunk(last=True)
        return b"" if body is None else self._frame(body)

    def fail(self, error: GatewayError) -> bytes:
        """Bare JSON, as Google itself fails in mid-stream: every client we ran raises on it, while
        gemini-cli takes `data: {"error"…}` for an empty chunk (seen in real clients)."""
        return _encode(errors.render(error)) + b"\r\n\r\n"

    def _frame(self, body: JSON) -> bytes:
        return b"data: " + _encode(body) + b"\r\n\r\n"


class Array(Events):
    """An `EventRenderer` for streams without `alt=sse`, framed as Google frames them."""

    content_type = "application/json; charset=UTF-8"

    def __init__(self) -> None:
        super().__init__()
        self._begun = False

    def flush(self) -> bytes:
        return super().flush() + (b"\n]" if self._begun else b"[]")

    def fail(self, error: GatewayError) -> bytes:
        return self._frame(errors.render(error)) + b"\n]"

    def _frame(self, body: JSON) -> bytes:
        before = b"\n,\r\n" if self._begun else b"["
        self._begun = True
        return before + _encode(body)
