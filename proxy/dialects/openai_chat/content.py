"""The `content` of a message: a string, a list of typed parts, or null."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from proxy.dialects import unread
from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import keeping, media
from proxy.dialects.openai_chat.keeping import ORIGIN, Keep
from proxy.dialects.reading import need, obj, place, text
from proxy.errors import invalid
from proxy.ir import Foreign, Media, Opaque, Part, Refusal, Text, Thinking


def parse(value: Any, path: str) -> tuple[Part, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (Text(value),)
    if not isinstance(value, list):
        raise invalid(f"{path} must be a string or a list of parts", path)
    parts = []
    for number, item in enumerate(value):
        where = place(path, number)
        parts.append(_part(obj(item, where), where))
    return tuple(parts)


def _part(item: JSON, path: str) -> Part:
    kind = need(item, "type", text, path)
    keep = Keep()
    if kind == "text":
        keep.rest(item, frozenset({"type", "text"}))
        return Text(need(item, "text", text, path), opaque=keep.opaque())
    if kind == "file" and not _readable(item.get("file")):
        return unread.kept(Opaque(ORIGIN, item), path)
    if kind in media.KINDS:
        return media.parse(item, kind, path)
    if kind == "refusal":
        keep.rest(item, frozenset({"type", "refusal"}))
        keep.shape["part"] = True
        return Refusal(need(item, "refusal", text, path), keep.opaque())
    if kind == "thinking" and (said := thought(item)) is not None:
        keep.rest(item, frozenset({"type", "thinking"}))
        keep.shape["part"] = item["thinking"]
        return Thinking(said, opaque=keep.opaque())
    return unread.unknown(Opaque(ORIGIN, item), path)


def _readable(file: Any) -> bool:
    """A file known only by its id is the upstream's own: nobody else can read it."""
    return not isinstance(file, dict) or file.get("file_id") is None


def thought(item: JSON) -> str | None:
    """The text of Mistral's `{"type": "thinking", "thinking": [{"type": "text", …}]}`."""
    inner = item.get("thinking")
    if isinstance(inner, str):
        return inner
    if not isinstance(inner, list):
        return None
    texts: list[str] = []
    for piece in inner:
        value = piece.get("text") if isinstance(piece, dict) else None
        if not isinstance(value, str):
            return None
        texts.append(value)
    return "".join(texts)


def render(parts: Iterable[Part], shape: Any, where: str) -> Any:
    """What goes under `content`. `shape` is the turn's, {} for one of another dialect."""
    items = list(parts)
    form = shape.get("content")
    if not items and form in ("list", "null"):
        return [] if form == "list" else None
    if not items:
        return ""
    if form != "list" and len(items) == 1 and isinstance(items[0], Text):
        return items[0].text
    return [_say(part, f"{where}.parts[{number}]") for number, part in enumerate(items)]


def form(message: JSON) -> str:
    """How the message says its content; "" for a string, which is what `render` would choose."""
    if "content" not in message:
        return "absent"
    value = message["content"]
    return "null" if value is None else "list" if isinstance(value, list) else ""


def _say(part: Part, where: str) -> JSON:
    match part:
        case Text():
            return keeping.restore({"type": "text", "text": part.text}, part.opaque)
        case Media():
            return media.render(part, where)
        case Refusal():
            return keeping.restore({"type": "refusal", "refusal": part.text}, part.opaque)
        case Thinking():
            return _think(part)
        case Foreign():
            return dict(part.opaque.data)
        case _:
            raise TypeError(f"{type(part).__name__} is no part of a message's content")


def _think(part: Thinking) -> JSON:
    spelt = keeping.shape(part.opaque).get("part")
    same = thought({"thinking": spelt}) == part.text
    inner = spelt if same else [{"type": "text", "text": part.text}]
    return keeping.restore({"type": "thinking", "thinking": inner}, part.opaque)


def placed(part: Part) -> bool:
    """Whether a native part was said in the content list and not in a field of its own."""
    match part:
        case Text():
            return True
        case Foreign():
            return keeping.native(part.opaque) and "call" not in part.opaque.shape
        case Refusal() | Thinking():
            return "part" in keeping.shape(part.opaque)
        case Media():
            return "field" not in keeping.shape(part.opaque)
        case _:
            return False
