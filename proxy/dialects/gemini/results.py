"""What a tool answered: `functionResponse`, whose `response` must be an object."""

from __future__ import annotations

from typing import Any

from proxy.dialects import jsontext, reading, unread
from proxy.dialects.base import JSON
from proxy.dialects.gemini import media
from proxy.dialects.gemini.fields import ABSENT, Reader, Writer
from proxy.dialects.gemini.ids import Ids
from proxy.ir import Foreign, Media, Part, Text, ToolResult

# A response with only this key is that text; Google's own clients write `result` and `output`.
_PLAIN = ("result", "output")


def parse(reader: Reader, ids: Ids) -> ToolResult:
    inner = reader.inner("functionResponse") or Reader({}, reader.path)
    name = inner.string("name")
    given = inner.get("id", reading.text)
    call_id = ids.result(given or "", name)
    if call_id != given:
        inner.memo("id", _wire(inner, "id", given), call_id)
    response = inner.get("response", reading.obj)
    text, is_error = _said(response or {})
    inner.memo("response", _wire(inner, "response", response), (text, is_error))
    media_parts = _media(inner)
    said = (Text(text), *media_parts) if text or not media_parts else media_parts
    return ToolResult(call_id, said, name=name, is_error=is_error, opaque=reader.opaque())


def _wire(reader: Reader, name: str, value: Any) -> Any:
    return ABSENT if value is None and not reader.null(name) else value


def _said(response: JSON) -> tuple[str, bool]:
    """The text of a response, and whether it reports an error."""
    if len(response) == 1:
        key, value = next(iter(response.items()))
        if key in _PLAIN and isinstance(value, str):
            return value, False
        if key == "error":
            return value if isinstance(value, str) else jsontext.encoded(value), True
    return (jsontext.encoded(response), False) if response else ("", False)


def _media(inner: Reader) -> tuple[Part, ...]:
    items = inner.items("parts")
    if not items:
        if items is not None:
            inner.memo("parts", [], None)
        return ()
    return tuple(_piece(value, path) for value, path in items)


def _piece(value: Any, path: str) -> Part:
    reader = Reader(value, path)
    if reader.has("inlineData"):
        return media.parse_inline(reader, None)
    if reader.has("fileData"):
        return media.parse_file(reader, None)
    return unread.unknown(reader.opaque(), path)


def response_of(text: str, is_error: bool) -> JSON:
    """The `response` object: an object stays as it is, other text goes under `result`."""
    value = jsontext.decoded(text)
    if is_error:
        return {"error": text if value is None else value}
    if value is not None:
        return value
    return {"result": text} if text else {}


def text_of(result: ToolResult) -> str:
    return "\n".join(part.text for part in result.parts if isinstance(part, Text))


def media_of(result: ToolResult) -> list[Media | Foreign]:
    return [part for part in result.parts if isinstance(part, Media | Foreign)]


def render(
    result: ToolResult, name: str, call_id: str | None, media_parts: list[JSON] | None = None
) -> JSON:
    """`media_parts` are wire parts that go into the response itself (Gemini 3)."""
    writer = Writer(result.opaque)
    inner = writer.inner("functionResponse")
    inner.put("name", name or None)
    inner.put("id", call_id)
    text = text_of(result)
    if not inner.recall("response", (text, result.is_error)):
        inner.put("response", response_of(text, result.is_error))
    inner.put("parts", media_parts or None)
    return writer.done()
