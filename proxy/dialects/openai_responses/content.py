"""The content of a message or of a tool's output: a string, or a list of typed parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import keeping, media
from proxy.dialects.openai_responses.keeping import Keep
from proxy.dialects.reading import need, obj, place, text
from proxy.errors import invalid
from proxy.ir import Foreign, Media, Part, Refusal, Text

INPUT, OUTPUT = "input_text", "output_text"
_TEXTS = frozenset({INPUT, OUTPUT, "text"})
_TEXT = frozenset({"type", "text"})
_REFUSAL = frozenset({"type", "refusal"})


def parse(value: Any, path: str, usual: str) -> tuple[Part, ...]:
    """`usual` is the type that a text has there: INPUT or OUTPUT."""
    if isinstance(value, str):
        return (Text(value),)
    if not isinstance(value, list):
        raise invalid(f"{path} must be a string or a list of parts", path)
    parts = []
    for number, item in enumerate(value):
        where = place(path, number)
        parts.append(_part(obj(item, where), where, usual))
    return tuple(parts)


def _part(item: JSON, path: str, usual: str) -> Part:
    kind = need(item, "type", text, path)
    keep = Keep()
    if kind in _TEXTS:
        keep.rest(item, _TEXT)
        if kind != usual:
            keep.shape["type"] = kind
        return Text(need(item, "text", text, path), opaque=keep.opaque())
    if kind == "refusal":
        keep.rest(item, _REFUSAL)
        return Refusal(need(item, "refusal", text, path), keep.opaque())
    if kind in media.KINDS:
        return media.parse(item, path)
    return media.unknown(item, path)


def render(parts: Sequence[Part], where: str, usual: str, *, listed: bool) -> Any:
    """`listed`: a single text is a list, too."""
    if not listed and len(parts) == 1 and type(parts[0]) is Text:
        return parts[0].text
    return [_say(part, f"{where}.parts[{number}]", usual) for number, part in enumerate(parts)]


def _say(part: Part, where: str, usual: str) -> JSON:
    match part:
        case Text():
            kind = keeping.shape(part.opaque).get("type", usual)
            return keeping.restore({"type": kind, "text": part.text}, part.opaque)
        case Refusal():
            return keeping.restore({"type": "refusal", "refusal": part.text}, part.opaque)
        case Media():
            return media.render(part, where)
        case Foreign():
            return dict(part.opaque.data)
        case _:
            raise TypeError(f"{type(part).__name__} is no part of a message's content")
