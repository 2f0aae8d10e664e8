"""What reading a stream needs whatever is read of it: its events, its end, and its failure."""

from __future__ import annotations

from abc import ABC, abstractmethod

from proxy.dialects.jsontext import BROKEN
from proxy.dialects.openai_responses import failures
from proxy.errors import GatewayError
from proxy.ir import Batch
from proxy.sse import Decoder, ServerEvent

_DONE = b"[DONE]"


class Framing(ABC):
    """Server-sent events up to the one that ends the answer; what follows it says nothing."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._failed: GatewayError | None = None

    @property
    @abstractmethod
    def begun(self) -> bool:
        """Whether an answer has begun."""

    @property
    @abstractmethod
    def ended(self) -> bool:
        """Whether the answer is complete."""

    @abstractmethod
    def read(self, event: ServerEvent, out: Batch) -> None:
        """Reads one event into `out`. Raises GatewayError for a failure, BROKEN for no JSON."""

    @abstractmethod
    def whole(self, body: bytes) -> Batch:
        """An answer that is one JSON object. Raises GatewayError if it is a failure, or none."""

    def feed(self, data: bytes) -> Batch:
        if self._failed is not None:
            raise self._failed
        return self._take(self._whole_events(data) or self._decoder.feed(data))

    def flush(self) -> Batch:
        out = [] if self._failed is not None else self._take(self._decoder.flush())
        if self._failed is not None:
            raise self._failed
        if self.ended:
            return out
        if not self.begun and self._decoder.stray:
            # Some services answer a request for a stream with one JSON object, or an error so.
            return self.whole(self._decoder.stray)
        raise failures.broken("The upstream broke its answer off.")

    def _whole_events(self, data: bytes) -> list[ServerEvent]:
        """The events of a read that is whole events as OpenAI writes them, as nearly all are; for
        any other, nothing. It takes a fraction of the decoder's time."""
        if data[:7] != b"event: " or data[-2:] != b"\n\n" or b"\r" in data:
            return []
        if not self._decoder.idle:
            return []
        events = []
        for block in data[7:-2].split(b"\n\nevent: "):
            name, mark, body = block.partition(b"\ndata: ")
            if not mark or b"\n" in name or b"\n" in body:
                return []
            events.append(ServerEvent(body, name.decode("utf-8", "replace")))
        return events

    def _take(self, events: list[ServerEvent]) -> Batch:
        out: Batch = []
        said = 0
        try:
            for event in events:
                if self.ended:
                    break
                said = len(out)
                self._next(event, out)
        except GatewayError as error:
            # What came before the failure is still said, wherever the bytes were cut.
            self._failed = error
            del out[said:]
        if self._failed is not None and not out:
            raise self._failed
        return out

    def _next(self, event: ServerEvent, out: Batch) -> None:
        try:
            self.read(event, out)
        except BROKEN:
            if event.data[:6] == _DONE:
                return
            if event.name == "error":
                raise failures.named(event.data.decode("utf-8", "replace")) from None
            raise failures.broken("The upstream's stream holds an event that is no JSON.") from None
