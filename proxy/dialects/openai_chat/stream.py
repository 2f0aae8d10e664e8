"""The stream of an answer, read: server-sent events into `ir` events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from proxy.dialects.base import JSON
from proxy.dialects.jsontext import BROKEN
from proxy.dialects.openai_chat import failures, response
from proxy.dialects.openai_chat.answer import Answer
from proxy.dialects.openai_chat.framing import Framing
from proxy.ir import Batch

_decode = msgspec.json.Decoder().decode


class Chunks(Protocol):
    """An answer that comes in chunks; `started` and `finished` as in `Framing`."""

    @property
    def started(self) -> bool: ...

    @property
    def finished(self) -> bool: ...

    def read(self, body: JSON, out: Batch) -> None: ...

    def end(self) -> Batch: ...


class Parser(Framing):
    """`EventParser` of an API whose events are chunks of one answer. `whole` reads an answer that
    came as one object."""

    def __init__(self, answer: Chunks, whole: Callable[[JSON], Batch]) -> None:
        super().__init__()
        self._answer = answer
        self._whole = whole

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
        except BROKEN:
            raise failures.broken("The upstream's answer is no stream of events.") from None
        if type(answer) is not dict:
            raise failures.broken("The upstream's answer is no stream of events.")
        return self._whole(answer)


def parser() -> Parser:
    """For the Chat API and its relatives."""
    return Parser(Answer(), response.parse)
