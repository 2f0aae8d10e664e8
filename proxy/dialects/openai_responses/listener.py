"""What the books need of an answer that passes untouched: who answers, the tokens, the failure.

Events are told apart by name, so what the model says is not even looked at.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from proxy.dialects.base import JSON
from proxy.dialects.jsontext import BROKEN
from proxy.dialects.openai_responses import failures, usage
from proxy.dialects.openai_responses.answer import ENDS, FAILURES, start
from proxy.dialects.openai_responses.framing import Framing
from proxy.ir import Batch
from proxy.sse import ServerEvent

_BEGINS = frozenset({"response.created", "response.queued", "response.in_progress"})
_HEARD = _BEGINS | ENDS | FAILURES | {"error", ""}


class _Response(Struct, gc=False):
    """A response object without what it says and repeats."""

    id: Any = None
    model: Any = None
    created_at: Any = None
    usage: Any = None
    status: Any = None
    output: msgspec.Raw = msgspec.Raw(b"")
    error: Any = None
    type: Any = None


class _Event(Struct, gc=False):
    type: Any = None
    response: _Response | None = None


_plain = msgspec.json.Decoder().decode
_event = msgspec.json.Decoder(_Event).decode
_answer = msgspec.json.Decoder(_Response).decode


class ResponsesListener(Framing):
    """`Listener` of the Responses API and its relatives."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = False
        self._ended = False

    @property
    def begun(self) -> bool:
        return self._begun

    @property
    def ended(self) -> bool:
        return self._ended

    def read(self, event: ServerEvent, out: Batch) -> None:
        if event.name not in _HEARD:
            return
        if event.name == "error":
            raise failures.named(_plain(event.data))
        try:
            heard = _event(event.data)
        except msgspec.ValidationError:
            return
        kind = heard.type if isinstance(heard.type, str) else event.name
        if kind == "error" or kind in FAILURES:
            body: JSON = _plain(event.data)
            raise failures.named(body.get("response") or body)
        if heard.response is not None and (kind in _BEGINS or kind in ENDS):
            self._hear(heard.response, out)
        self._ended = kind in ENDS

    def whole(self, body: bytes) -> Batch:
        """An answer that goes on in the background is one that has begun."""
        out: Batch = []
        try:
            heard = _answer(body)
            if error := self._failure(heard, body):
                raise error
        except BROKEN:
            raise failures.broken("The upstream's answer is no JSON object.") from None
        self._hear(heard, out)
        return out

    def _failure(self, heard: _Response, body: bytes) -> Exception | None:
        if heard.error or heard.status == "failed" or heard.type == "error":
            return failures.found(_plain(body))
        if not heard.output and heard.usage is None and heard.id is None:
            return failures.broken("The upstream's answer holds no output.")
        return None

    def _hear(self, heard: _Response, out: Batch) -> None:
        if not self._begun:
            self._begun = True
            out.append(start(heard.id, heard.model, heard.created_at))
        if isinstance(heard.usage, dict) and heard.usage:
            out.append(usage.read(heard.usage))
