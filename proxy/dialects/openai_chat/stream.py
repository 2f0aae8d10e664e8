"""The stream of an answer, read: server-sent events into `ir` events."""

from __future__ import annotations

import msgspec

from proxy.dialects.openai_chat import failures, response
from proxy.dialects.openai_chat.answer import Answer
from proxy.dialects.openai_chat.framing import UNREADABLE, Framing
from proxy.ir import Batch

_decode = msgspec.json.Decoder().decode


class ChatParser(Framing):
    """`EventParser` of the Chat API and its relatives."""

    def __init__(self) -> None:
        super().__init__()
        self._answer = Answer()

    @property
    def started(self) -> bool:
        return self._answer.started

    @property
    def finished(self) -> bool:
        return self._answer.finished

    def read(self, data: bytes, out: Batch) -> None:
        body = _decode(data)
        if type(body) is dict:
            self._answer.read(body, out)

    def end(self) -> Batch:
        return self._answer.end()

    def whole(self, body: bytes) -> Batch:
        try:
            answer = _decode(body)
        except UNREADABLE:
            raise failures.broken("The upstream's answer is no stream of events.") from None
        if type(answer) is not dict:
            raise failures.broken("The upstream's answer is no stream of events.")
        return response.parse(answer)
