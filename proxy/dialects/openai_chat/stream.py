"""The stream of an answer, read: server-sent events into `ir` events."""

from __future__ import annotations

import msgspec

from proxy.dialects.openai_chat import failures, response
from proxy.dialects.openai_chat.answer import Answer
from proxy.errors import GatewayError
from proxy.ir import Batch
from proxy.sse import Decoder, ServerEvent

_DONE = b"[DONE]"
_decode = msgspec.json.Decoder().decode


class ChatParser:
    """`EventParser` of the Chat API and its relatives."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._answer = Answer()
        self._done = False
        self._failed: GatewayError | None = None

    def feed(self, data: bytes) -> Batch:
        return self._take(self._decoder.feed(data))

    def flush(self) -> Batch:
        out = self._take(self._decoder.flush())
        if self._failed is not None:
            raise self._failed
        if self._done:
            return out
        if self._answer.finished:
            # Several services leave `[DONE]` out; a finish reason is as good.
            self._done = True
            return out + self._answer.end()
        if not self._answer.started and self._decoder.stray:
            return self._whole(self._decoder.stray)
        raise failures.broken("The upstream broke its answer off.")

    def _take(self, events: list[ServerEvent]) -> Batch:
        if self._failed is not None:
            raise self._failed
        out: Batch = []
        for event in events:
            try:
                out += self._read(event)
            except GatewayError as error:
                # What came before the failure is still said, wherever the bytes were cut.
                self._failed = error
                break
        if self._failed is not None and not out:
            raise self._failed
        return out

    def _read(self, event: ServerEvent) -> Batch:
        data = event.data
        if self._done:
            return []
        if data[:6] == _DONE:
            return self._end()
        try:
            body = _decode(data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            if event.name == "error":
                raise failures.named(data.decode("utf-8", "replace")) from None
            raise failures.broken("The upstream's stream holds an event that is no JSON.") from None
        if event.name == "error":
            raise failures.named(body)
        return self._answer.read(body) if type(body) is dict else []

    def _end(self) -> Batch:
        if not self._answer.started:
            raise failures.broken("The upstream ended its stream without an answer.")
        self._done = True
        return self._answer.end()

    def _whole(self, text: bytes) -> Batch:
        """Some services answer a request for a stream with one JSON object, or an error so."""
        try:
            body = _decode(text)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise failures.broken("The upstream's answer is no stream of events.") from None
        if not isinstance(body, dict):
            raise failures.broken("The upstream's answer is no stream of events.")
        self._done = True
        return response.parse(body)
