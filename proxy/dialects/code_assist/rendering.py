"""Chunks on the wire: the Gemini dialect's, each in an envelope.

The official client reads `data: ` lines ended by a blank line, and takes bare newlines for nothing
(seen in real clients): the framing and the keep-alive are Gemini's.
"""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects.base import JSON
from proxy.dialects.code_assist.envelope import Around
from proxy.dialects.gemini import errors, rendering
from proxy.errors import GatewayError
from proxy.ir import Event


class Events(rendering.Events):
    """An `EventRenderer` for `?alt=sse`."""

    def __init__(self) -> None:
        super().__init__()
        self._around = Around()

    def feed(self, events: Iterable[Event]) -> bytes:
        return super().feed(self._around.sift(events))

    def flush(self) -> bytes:
        body = self._chunks.chunk(last=True)
        if body is None and self._around.waiting:
            body = {}
        return (b"" if body is None else self._frame(body)) + super().flush()

    def _frame(self, body: JSON) -> bytes:
        return super()._frame(self._around.wrap(body))


class Array(Events, rendering.Array):
    """An `EventRenderer` for streams without `alt=sse`."""

    def fail(self, error: GatewayError) -> bytes:
        # An error stands where the envelope would.
        return rendering.Array._frame(self, errors.render(error)) + b"\n]"
