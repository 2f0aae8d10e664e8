"""The stream's bytes → events. Each chunk is opened, and the Gemini dialect reads what is in it.

Opening scans a chunk once and builds none of it: `response` stays the bytes that it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from proxy.dialects.code_assist.envelope import Beside
from proxy.dialects.gemini import errors, listener, stream
from proxy.dialects.gemini.stream import BROKEN, decoded
from proxy.ir import Batch

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

Raws = Mapping[str, msgspec.Raw]


class _Opened(NamedTuple):
    """`inner` is None for a chunk that says nothing of the answer itself."""

    inner: bytes | None
    beside: Raws


_NOTHING: Raws = {}


def _open(chunk: bytes) -> _Opened:
    """Raises GatewayError for a reported error."""
    try:
        fields = _fields(chunk)
    except BROKEN:
        # No object: the Gemini dialect says what that is.
        return _Opened(chunk, _NOTHING)
    if "error" in fields and (error := errors.reported(decoded(chunk))):
        raise error
    inner = fields.pop("response", None)
    return _Opened(None if inner is None else bytes(inner), fields)


class Parser(stream.Parser):
    """An `EventParser`."""

    def __init__(self) -> None:
        super().__init__()
        self._beside = Beside()
        self._before: Raws | None = None

    def _take(self, chunk: bytes, events: Batch) -> None:
        inner, beside = _open(chunk)
        if inner is not None and beside == self._before:
            # Most chunks have the same beside them as the one before.
            super()._take(inner, events)
            return
        said: Batch = []
        if inner is not None:
            self._before = beside
            super()._take(inner, said)
        read = {name: decoded(bytes(value)) for name, value in beside.items()}
        events += self._beside.tell(read, said)


class Listener(listener.Listener):
    """A `Listener`."""

    def _take(self, chunk: bytes, events: Batch) -> None:
        inner, _ = _open(chunk)
        if inner is not None:
            super()._take(inner, events)
