"""The stream of an answer, read; and what the books need of one that passes."""

from __future__ import annotations

import msgspec

from proxy.dialects.openai_chat import failures
from proxy.dialects.openai_chat.framing import UNREADABLE, Framing
from proxy.dialects.openai_chat.listener import ChatListener
from proxy.dialects.openai_completions import answer
from proxy.ir import Batch

_decode = msgspec.json.Decoder().decode


class CompletionsListener(ChatListener):
    """`Listener`: ids, finish reasons, usage and failures are where Chat has them."""


class CompletionsParser(Framing):
    """`EventParser` of the completions API and its relatives."""

    def __init__(self) -> None:
        super().__init__()
        self._answer = answer.Answer()

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
            return answer.whole(_decode(body))
        except UNREADABLE:
            raise failures.broken("The upstream's answer is no stream of events.") from None
