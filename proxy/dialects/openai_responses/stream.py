"""The stream of an answer, read: server-sent events into `ir` events."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from proxy.dialects.jsontext import BROKEN
from proxy.dialects.openai_responses import failures, response
from proxy.dialects.openai_responses.answer import Answer
from proxy.dialects.openai_responses.framing import Framing
from proxy.ir import Batch, Delta
from proxy.sse import ServerEvent


class _Said(Struct, gc=False):
    """A piece of text, by far the most frequent event."""

    delta: str
    output_index: int = 0
    content_index: int = 0
    logprobs: list[object] | None = None


_decode = msgspec.json.Decoder().decode
_said = msgspec.json.Decoder(_Said).decode
_TEXT = "response.output_text.delta"


class ResponsesParser(Framing):
    """`EventParser` of the Responses API and its relatives."""

    def __init__(self) -> None:
        super().__init__()
        self._answer = Answer()
        self._live = self._answer.telling.live

    @property
    def begun(self) -> bool:
        return self._answer.started

    @property
    def ended(self) -> bool:
        return self._answer.ended

    def read(self, event: ServerEvent, out: Batch) -> None:
        if event.name == _TEXT and self._quick(event.data, out):
            return
        body = _decode(event.data)
        if event.name == "error":
            raise failures.named(body)
        if type(body) is dict:
            if "type" not in body and event.name:
                body["type"] = event.name
            self._answer.read(body, out)

    def whole(self, body: bytes) -> Batch:
        try:
            answer = _decode(body)
        except BROKEN:
            raise failures.broken("The upstream's answer is no stream of events.") from None
        if not isinstance(answer, dict):
            raise failures.broken("The upstream's answer is no stream of events.")
        return response.parse(answer)

    def _quick(self, data: bytes, out: Batch) -> bool:
        """A piece of a text that is open; False if it is more than that."""
        try:
            said = _said(data)
        except msgspec.ValidationError:
            return False
        told = self._live.get((said.output_index, said.content_index))
        if told is None or said.logprobs or not said.delta:
            return False
        told.pieces.append(said.delta)
        out.append(Delta(told.index, said.delta))
        return True
