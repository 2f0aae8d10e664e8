"""What reading a stream needs whatever is read of it: its events, its end, and its failure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from itertools import repeat

import msgspec

from proxy.dialects.jsontext import BROKEN
from proxy.dialects.openai_chat import failures
from proxy.errors import GatewayError
from proxy.ir import Batch
from proxy.sse import Decoder

_DONE = b"[DONE]"
_decode = msgspec.json.Decoder().decode


class Framing(ABC):
    """Server-sent events of the Chat API and its relatives, up to `[DONE]`."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._done = False
        self._failed: GatewayError | None = None

    @property
    @abstractmethod
    def started(self) -> bool:
        """Whether an answer has begun."""

    @property
    @abstractmethod
    def finished(self) -> bool:
        """Whether every candidate that began has told why it ended."""

    @abstractmethod
    def read(self, data: bytes, out: Batch) -> None:
        """Reads one event into `out`. Raises GatewayError for a failure, BROKEN for no JSON."""

    @abstractmethod
    def end(self) -> Batch:
        """What is left to say of a complete answer."""

    @abstractmethod
    def whole(self, body: bytes) -> Batch:
        """An answer that is one JSON object. Raises GatewayError if it is a failure, or none."""

    def feed(self, data: bytes) -> Batch:
        if self._failed is not None:
            raise self._failed
        if events := self._decoder.whole(data):
            return self._take(zip(events, repeat("")))
        return self._take(self._decoder.feed(data))

    def flush(self) -> Batch:
        out = [] if self._failed is not None else self._take(self._decoder.flush())
        if self._failed is not None:
            raise self._failed
        if self._done:
            return out
        if self.finished:
            # Several services leave `[DONE]` out; a finish reason is as good.
            self._done = True
            return out + self.end()
        if not self.started and self._decoder.stray:
            # Some services answer a request for a stream with one JSON object, or an error so.
            self._done = True
            return self.whole(self._decoder.stray)
        raise failures.broken("The upstream broke its answer off.")

    def _take(self, events: Iterable[tuple[bytes, str]]) -> Batch:
        out: Batch = []
        said, read = 0, self.read
        try:
            for data, name in events:
                if self._done:
                    break
                said = len(out)
                try:
                    if name == "error":
                        raise failures.named(_decode(data))
                    read(data, out)
                except BROKEN:
                    out += self._other(data, name)
        except GatewayError as error:
            # What came before the failure is still said, wherever the bytes were cut.
            self._failed = error
            del out[said:]
        if self._failed is not None and not out:
            raise self._failed
        return out

    def _other(self, data: bytes, name: str) -> Batch:
        """An event that is no JSON: the last one, or a failure."""
        if data[:6] != _DONE:
            raise failures.unreadable(data, name) from None
        if not self.started:
            raise failures.broken("The upstream ended its stream without an answer.") from None
        self._done = True
        return self.end()
