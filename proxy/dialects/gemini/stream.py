"""The stream's bytes → events: SSE, a JSON array, or a bare JSON object (an error, mostly)."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from proxy import sse
from proxy.dialects.gemini.answer import Answer
from proxy.dialects.gemini.elements import Elements
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch

_decode = msgspec.json.Decoder().decode
_BOM = b"\xef\xbb\xbf"
_BROKEN = (msgspec.DecodeError, RecursionError, UnicodeError)


class Framing(enum.StrEnum):
    UNKNOWN = "unknown"
    EVENTS = "events"
    ARRAY = "array"
    OBJECT = "object"


class Parser:
    """An `EventParser`. What a failing read brought before its error is returned first; the error
    comes with the next call, so that it does not depend on how the bytes were cut."""

    def __init__(self) -> None:
        self._answer = Answer()
        self._framing = Framing.UNKNOWN
        self._decoder = sse.Decoder()
        self._elements = Elements()
        self._body = b""
        self._error: GatewayError | None = None

    def feed(self, data: bytes) -> Batch:
        if self._error is not None:
            raise self._error
        match self._framing:
            case Framing.EVENTS:
                return self._read(_whole(data, self._decoder) or self._lines(data))
            case Framing.ARRAY:
                return self._read(self._elements.feed(data))
            case _:
                self._body += data
                return self._recognise()

    def flush(self) -> Batch:
        if self._error is not None:
            raise self._error
        events = self._rest()
        if self._error is not None:
            raise self._error
        return events + self._answer.end()

    def _rest(self) -> Batch:
        if self._framing is not Framing.EVENTS:
            return self._read([self._body]) if self._body.strip() else []
        events = self._read([event.data for event in self._decoder.flush()])
        # Google reports a failure in mid-stream as JSON without `data:`.
        if self._decoder.stray and self._error is None:
            events += self._stray(self._decoder.stray)
        return events

    def _lines(self, data: bytes) -> list[bytes]:
        return [event.data for event in self._decoder.feed(data)]

    def _recognise(self) -> Batch:
        """The first visible byte tells. A lone object is complete only at the end."""
        if self._framing is Framing.OBJECT:
            return []
        seen = self._body.removeprefix(_BOM).lstrip()
        if not seen or _BOM.startswith(self._body):
            return []
        data, self._body = self._body, b""
        if seen[:1] == b"[":
            self._framing = Framing.ARRAY
        elif seen[:1] == b"{":
            self._framing = Framing.OBJECT
            self._body = seen
            return []
        else:
            self._framing = Framing.EVENTS
        return self.feed(data)

    def _read(self, chunks: list[bytes]) -> Batch:
        events: Batch = []
        for data in chunks:
            try:
                events += self._answer.feed(_chunk(data))
            except GatewayError as error:
                if not events:
                    raise
                self._error = error
                break
        return events

    def _stray(self, text: bytes) -> Batch:
        """Lines that are no JSON are no news."""
        try:
            value = _decode(text)
        except _BROKEN:
            return []
        return self._answer.feed(value)


def _whole(data: bytes, decoder: sse.Decoder) -> list[bytes]:
    """The chunks of a read that holds whole events as Google writes them, else nothing.

    Nearly every read is one, and this takes a fraction of the decoder's time.
    """
    if data[:6] != b"data: " or data[-4:] != b"\r\n\r\n" or not decoder.idle:
        return []
    events = data[6:-4].split(b"\r\n\r\ndata: ")
    if data.count(b"\n") != 2 * len(events) or data.count(b"\r") != 2 * len(events):
        return []
    return events


def _chunk(data: bytes) -> Any:
    try:
        return _decode(data)
    except _BROKEN as error:
        if data.strip() == b"[DONE]":
            # Not Google's, but Gemini-compatible services send it.
            return None
        raise GatewayError(
            ErrorKind.UPSTREAM_BROKEN, "The upstream's stream holds something that is not JSON."
        ) from error
