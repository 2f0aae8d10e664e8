"""What the books need of an answer that passes untouched: its start, its usage, its errors."""

from __future__ import annotations

from typing import Any

import msgspec

from proxy.dialects.anthropic import errors, usage
from proxy.dialects.anthropic.fields import ORIGIN
from proxy.dialects.anthropic.stream import MessageParser
from proxy.dialects.jsontext import BROKEN
from proxy.ir import Batch, Opaque, Start, Usage
from proxy.sse import ServerEvent

_SAID = frozenset({"content_block_start", "content_block_delta", "content_block_stop"})


class MessageListener(MessageParser):
    """A parser that skips by its name every event which is part of what the model says."""

    def whole(self, body: bytes) -> Batch:
        """Raises GatewayError for an error under HTTP 200, or if it is no JSON."""
        try:
            answer = _whole.decode(body)
        except BROKEN:
            raise errors.broken("The upstream's answer is not a JSON object.") from None
        if answer.type == "error" or answer.error is not None:
            raise errors.named(_told(body))
        id, model = (said if isinstance(said, str) else "" for said in (answer.id, answer.model))
        out: Batch = [Start(id, model, opaque=Opaque(ORIGIN))]
        counts = answer.usage
        return [*out, usage.read(counts)] if isinstance(counts, dict) and counts else out

    def _read(self, event: ServerEvent) -> Batch:
        if event.name in _SAID:
            return []
        return [heard for heard in super()._read(event) if isinstance(heard, Start | Usage)]


class _Answer(msgspec.Struct):
    type: Any = ""
    id: Any = ""
    model: Any = ""
    usage: Any = None
    error: Any = None


_whole = msgspec.json.Decoder(_Answer)


def _told(body: bytes) -> Any:
    """An error's words. `_whole` does not look into the strings that it skips."""
    try:
        return msgspec.json.decode(body)
    except BROKEN:
        return body.decode("utf-8", "replace")
