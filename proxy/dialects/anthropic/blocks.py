"""One content block of a message, read: text, media, thinking, tool use and result.

Documents and search results that hold plain text become text, because every model reads that;
what only Anthropic can read (its own files, its server tools) stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from proxy.dialects import jsontext, reading, seals, unread
from proxy.dialects.anthropic import media
from proxy.dialects.anthropic.fields import ORIGIN, Reader
from proxy.dialects.base import JSON
from proxy.errors import invalid
from proxy.ir import Foreign, Opaque, Part, Signature, Text, Thinking, ToolCall, ToolResult

_OURS = Opaque(ORIGIN)

_POINTERS = frozenset({"tool_reference", "tool_addition"})
"""They tell which deferred tools are there now; other dialects get all of them at the start."""

DIRECT = {"type": "direct"}
"""The usual `caller` of a tool use: the model itself, not its code."""


def parse(reader: Reader, name: str) -> tuple[Part, ...]:
    """The field `name` of a message: a string or a list of blocks."""
    value = reader.raw(name)
    path = reader.place(name)
    if isinstance(value, str):
        reader.memo(name, value, [{"type": "text", "text": value}])
        return (Text(value, opaque=_OURS),)
    if not isinstance(value, list):
        raise invalid(f"{path} must be a string or a list of content blocks", path)
    parts = [block(item, reading.place(path, number)) for number, item in enumerate(value)]
    carriers = any(isinstance(part, Thinking) for part in parts)
    return seals.settled(parts, ORIGIN) if carriers else tuple(parts)


def block(value: Any, path: str) -> Part:
    """Raises INVALID_REQUEST for a block that Anthropic would refuse, naming the field."""
    if type(value) is dict and len(value) == 2 and value.get("type") == "text":
        # Nearly every block is this one.
        text = value.get("text")
        if type(text) is str:
            return Text(text, opaque=_OURS)
    reader = Reader(value, path)
    build = _KINDS.get(reader.need("type", reading.text))
    part = build(reader, value) if build is not None else None
    return _odd(value, path) if part is None else part


def _odd(value: JSON, path: str) -> Foreign:
    if value["type"] in _POINTERS:
        return Foreign(Opaque(ORIGIN, value))
    source = value.get("source", value)
    by_id = isinstance(source, dict) and isinstance(source.get("file_id"), str)
    return (unread.kept if by_id else unread.unknown)(Opaque(ORIGIN, value), path)


def _text(reader: Reader, value: JSON) -> Part:
    text = reader.need("text", reading.text)
    return Text(text, opaque=reader.opaque())


def _thinking(reader: Reader, value: JSON) -> Part:
    text = reader.get("thinking", reading.text)
    if text is None:
        reader.usual("thinking", "")
    wire = reader.string("signature")
    held = seals.unseal(wire) if wire else None
    if held is not None:
        return Thinking(text or "", held.signature, reader.opaque(seal=held.place))
    proof = Signature(ORIGIN, wire) if wire else None
    return Thinking(text or "", proof, reader.opaque())


def _tool_use(reader: Reader, value: JSON) -> Part:
    call, name = reader.need("id", reading.text), reader.need("name", reading.text)
    given = reader.get("input", reading.obj)
    text = jsontext.encoded(given or {}, empty="")
    if given is None:
        reader.usual("input", "")
    else:
        reader.memo("input", given, text)
    if value.get("caller") == DIRECT:
        reader.memo("caller", reader.raw("caller"), None)
    return ToolCall(call, name, text, opaque=reader.opaque())


def _tool_result(reader: Reader, value: JSON) -> Part:
    call = reader.need("tool_use_id", reading.text)
    given = value.get("content")
    if given is None or given == []:
        reader.raw("content")
        if given == []:
            reader.memo("content", [], None)
        parts: tuple[Part, ...] = ()
    else:
        parts = parse(reader, "content")
    failed = reader.flag("is_error")
    return ToolResult(call, parts, is_error=failed, opaque=reader.opaque())


def _document(reader: Reader, value: JSON) -> Part | None:
    source = value.get("source")
    if not isinstance(source, dict):
        raise reading.wrong(reader.place("source"), "an object")
    match source.get("type"):
        case "text":
            inner = reader.inner("source") or Reader({}, reader.path)
            inner.need("type", reading.text)
            text = inner.need("data", reading.text)
            return Text(text, opaque=reader.opaque(block="document"))
        case "content":
            return _told(reader, "source", source.get("content"), "document")
        case _:
            return media.document(reader, source)


def _search_result(reader: Reader, value: JSON) -> Part | None:
    return _told(reader, "content", value.get("content"), "search_result")


def _told(reader: Reader, field: str, content: Any, kind: str) -> Part | None:
    """Plain text in a box of Anthropic's; None when the box holds something else."""
    text = content if isinstance(content, str) else _joined(content)
    if text is None:
        return None
    reader.memo(field, reader.raw(field), text)
    return Text(text, opaque=reader.opaque(block=kind, field=field))


def _joined(content: Any) -> str | None:
    if not isinstance(content, list) or not content:
        return None
    texts: Sequence[Any] = [
        item.get("text") if isinstance(item, dict) and item.get("type") == "text" else None
        for item in content
    ]
    return "\n".join(texts) if all(isinstance(text, str) for text in texts) else None


_KINDS: dict[str, Callable[[Reader, JSON], Part | None]] = {
    "text": _text,
    "image": media.image,
    "document": _document,
    "search_result": _search_result,
    "thinking": _thinking,
    "tool_use": _tool_use,
    "tool_result": _tool_result,
}
