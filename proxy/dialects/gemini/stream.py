"""The stream's bytes → events: SSE, a JSON array, or a bare JSON object (an error, mostly)."""

from __future__ import annotations

import abc
import enum
from typing import Any

import msgspec

from proxy import sse
from proxy.dialects.gemini import usual
from proxy.dialects.gemini.answer import Answer
from proxy.dialects.gemini.elements import Elements
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch

_decode = msgspec.json.Decoder().decode
_BOM = b"\xef\xbb\xbf"
BROKEN = (msgspec.DecodeError, RecursionError, UnicodeError)


class Framing(enum.StrEnum):
    UNKNOWN = "unknown"
    EVENTS = "events"
    ARRAY = "array"
    OBJECT = "object"


_EVENTS, _ARRAY = Framing.EVENTS, Framing.ARRAY


class Stream(abc.ABC):
    """The chunks of one stream, however it is framed and cut, for someone to take.

    What a failing read brought before its error is returned first; the error comes with the next
    call, so that it does not depend on how the bytes were cut.
    """

    def __init__(self) -> None:
        self._framing = Framing.UNKNOWN
        self._decoder = sse.Decoder()
        self._elements = Elements()
        self._body: list[bytes] = []
        self._error: GatewayError | None = None

    @abc.abstractmethod
    def _take(self, chunk: bytes, events: Batch) -> None:
        """Reads one chunk, which should be JSON. Raises GatewayError for a reported error."""

    @abc.abstractmethod
    def _end(self) -> Batch:
        """Nothing more will come. Raises GatewayError if something is missing."""

    @abc.abstractmethod
    def _pause(self, events: Batch) -> None:
        """The chunks of one read have been taken: the place for what need not be said for each."""

    def feed(self, data: bytes) -> Batch:
        if self._error is not None:
            raise self._error
        if self._framing is _EVENTS:
            return self._read(self._decoder.whole(data) or self._lines(data))
        if self._framing is _ARRAY:
            return self._read(self._elements.feed(data))
        return self._recognise(data)

    def flush(self) -> Batch:
        if self._error is not None:
            raise self._error
        events = self._rest()
        if self._error is not None:
            raise self._error
        return events + self._end()

    def _rest(self) -> Batch:
        if self._framing is not _EVENTS:
            body = b"".join(self._body)
            return self._read([body]) if body.strip() else []
        events = self._read([event.data for event in self._decoder.flush()])
        # Google reports a failure in mid-stream as JSON without `data:`; other lines are no news.
        if self._decoder.stray and self._error is None and _json(self._decoder.stray):
            events += self._read([self._decoder.stray])
        return events

    def _lines(self, data: bytes) -> list[bytes]:
        return [event.data for event in self._decoder.feed(data)]

    def _recognise(self, data: bytes) -> Batch:
        """The first visible byte tells. A lone object is complete only at the end."""
        self._body.append(data)
        if self._framing is Framing.OBJECT:
            return []
        body = b"".join(self._body)
        seen = body.removeprefix(_BOM).lstrip()
        # A mark may be cut. Blanks say nothing, but what comes after one is no mark.
        self._body = [body if seen or _BOM.startswith(body) else b"\n"]
        if not seen or _BOM.startswith(body):
            return []
        if seen[:1] == b"{":
            self._framing, self._body = Framing.OBJECT, [seen]
            return []
        self._framing, self._body = _ARRAY if seen[:1] == b"[" else _EVENTS, []
        return self.feed(body)

    def _read(self, chunks: list[bytes]) -> Batch:
        events: Batch = []
        try:
            for chunk in chunks:
                self._take(chunk, events)
        except GatewayError as error:
            self._error = error
        self._pause(events)
        if self._error is not None and not events:
            raise self._error
        return events


# So many unusual chunks in a row, and the rest is not expected to be usual: some services send a
# field of their own with every chunk.
_PATIENCE = 3


class Parser(Stream):
    """An `EventParser`."""

    def __init__(self) -> None:
        super().__init__()
        self._answer = Answer()
        self._patience = _PATIENCE

    def _take(self, chunk: bytes, events: Batch) -> None:
        if self._patience:
            more = usual.read(chunk)
            if more is not None and self._answer.grow(more, events):
                self._patience = _PATIENCE
                return
            self._patience -= 1
        events += self._answer.feed(decoded(chunk))

    def _pause(self, events: Batch) -> None:
        """Every chunk's news has been told with it."""

    def _end(self) -> Batch:
        return self._answer.end()


def decoded(chunk: bytes) -> Any:
    """The JSON value, None for the end mark that is not Google's. Raises UPSTREAM_BROKEN."""
    try:
        return _decode(chunk)
    except BROKEN as error:
        if chunk.strip() == b"[DONE]":
            # Gemini-compatible services send it.
            return None
        raise GatewayError(
            ErrorKind.UPSTREAM_BROKEN, "The upstream's answer holds something that is not JSON."
        ) from error


def _json(text: bytes) -> bool:
    try:
        _decode(text)
    except BROKEN:
        return False
    return True
