"""Parts of a conversation, written as content blocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from proxy.dialects import fences, jsontext, seals
from proxy.dialects.anthropic import media
from proxy.dialects.anthropic.fields import ORIGIN, Writer, mine
from proxy.dialects.anthropic.ids import Ids
from proxy.dialects.base import JSON, Loss
from proxy.ir import (
    Code,
    CodeResult,
    Foreign,
    Media,
    Part,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)


class Render:
    """Writes parts; what cannot be said goes into `losses`."""

    def __init__(self, ids: Ids, losses: list[Loss]) -> None:
        self._ids = ids
        self._losses = losses

    def all(self, parts: Iterable[Part], where: str) -> list[JSON]:
        """Raises INVALID_REQUEST for media that Anthropic cannot read."""
        out = []
        for number, part in enumerate(parts):
            body = self.one(part, f"{where}.parts[{number}]")
            if body is not None:
                out.append(body)
        return out

    def one(self, part: Part, where: str) -> JSON | None:
        self._unsigned(part, where)
        match part:
            case Text():
                return _text(part)
            case Thinking():
                return self._thinking(part, where)
            case ToolCall():
                return self._call(part, where)
            case ToolResult():
                return self._result(part, where)
            case Media():
                return self._media(part, where)
            case Refusal():
                self._lose("refusal", where)
                return _text(Text(part.text))
            case Code() | CodeResult():
                return _text(Text(fences.block(part)))
            case Foreign():
                # `losses.foreign` names those of others.
                return dict(part.opaque.data) if mine(part.opaque) else None
            case other:
                assert_never(other)

    def _unsigned(self, part: Part, where: str) -> None:
        signature = None if isinstance(part, Refusal | ToolResult) else part.signature
        if signature is None or (isinstance(part, Thinking) and part.text):
            return
        if signature.origin is not ORIGIN:
            self._lose("signature", where)

    def _thinking(self, part: Thinking, where: str) -> JSON | None:
        """Anthropic refuses every thought that it did not have itself."""
        signature = part.signature
        own = signature is not None and signature.origin is ORIGIN
        verbatim = (
            mine(part.opaque) is not None and signature is None and not seals.sealed(part, ORIGIN)
        )
        if not own and not verbatim:
            if part.text:
                self._lose("thinking", where)
            return None
        writer = Writer(part.opaque)
        writer.put("type", "thinking")
        writer.put("thinking", part.text)
        writer.put("signature", signature.value if signature else None)
        return writer.done()

    def _call(self, part: ToolCall, where: str) -> JSON:
        writer = Writer(part.opaque)
        writer.put("type", "tool_use")
        writer.put("id", self._ids.asked(part))
        writer.put("name", part.name)
        if not writer.recall("input", part.arguments):
            writer.put("input", self._input(part, where))
        writer.put("caller", None)
        return writer.done()

    def _input(self, part: ToolCall, where: str) -> JSON:
        if part.custom:
            return {"input": part.arguments}
        given, whole = jsontext.arguments(part.arguments)
        if not whole:
            self._lose("arguments", where)
        return given

    def _result(self, part: ToolResult, where: str) -> JSON:
        writer = Writer(part.opaque)
        writer.put("type", "tool_result")
        writer.put("tool_use_id", self._ids.answered(part))
        said = self.all(part.parts, where)
        alone = mine(part.opaque) is None and len(part.parts) == 1 and len(said) == 1
        if alone and said[0]["type"] == "text":
            writer.put("content", said[0]["text"])
        else:
            writer.put("content", said or None)
        writer.put("is_error", part.is_error or None)
        return writer.done()

    def _media(self, part: Media, where: str) -> JSON:
        if part.detail:
            self._lose("detail", where)
        return media.render(part, where)

    def _lose(self, field: str, where: str) -> None:
        self._losses.append(Loss(field, where))


def _text(part: Text) -> JSON | None:
    """None for an empty text of another dialect: Anthropic refuses it, and it says nothing."""
    own = mine(part.opaque)
    if own is None and not part.text:
        return None
    if own is None or not (own.data or own.shape):
        return {"type": "text", "text": part.text}
    writer = Writer(part.opaque)
    kind = own.shape.get("block", "text")
    writer.put("type", kind)
    if kind == "text":
        writer.put("text", part.text)
        return writer.done()
    field = own.shape.get("field", "")
    if not field:
        inner = writer.inner("source")
        inner.put("type", "text")
        inner.put("data", part.text)
    elif not writer.recall(field, part.text):
        told = [{"type": "text", "text": part.text}]
        writer.put(field, told if field == "content" else {"type": "content", "content": told})
    return writer.done()
