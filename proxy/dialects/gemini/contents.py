"""`contents` and `systemInstruction` → turns."""

from __future__ import annotations

from typing import Any

from proxy.dialects import reading
from proxy.dialects.gemini import parts
from proxy.dialects.gemini.fields import ABSENT, GEMINI, PLAIN, Items, Reader
from proxy.dialects.gemini.ids import Ids
from proxy.errors import invalid
from proxy.ir import Opaque, Part, Role, Text, Turn

# "function" is the role that early clients gave to function responses.
ROLES = {"user": Role.USER, "model": Role.MODEL, "function": Role.USER}
_SPEAKERS = {role.value: role for role in (Role.USER, Role.MODEL)}


def parse(items: Items, ids: Ids) -> tuple[Turn, ...]:
    return tuple(
        _usual(value) or _content(value, items.path(number), ids)
        for number, value in enumerate(items.values)
    )


def _usual(value: Any) -> Turn | None:
    """The turn, if it is one plain text: most are."""
    if type(value) is not dict or len(value) != 2:
        return None
    role, said = value.get("role"), value.get("parts")
    if type(role) is not str or type(said) is not list or len(said) != 1:
        return None
    text, speaker = parts.usual(said[0]), _SPEAKERS.get(role)
    return None if text is None or speaker is None else Turn(speaker, (text,), PLAIN)


def system(value: Any, path: str, ids: Ids) -> Turn:
    """Google's clients send a content, some people a plain string."""
    if isinstance(value, str):
        return Turn(Role.SYSTEM, (Text(value),), Opaque(GEMINI, shape={"string": True}))
    reader = Reader(value, path)
    role = reader.get("role", reading.text)
    if role is not None:
        reader.memo("role", role, None)
    return Turn(Role.SYSTEM, *_body(reader, ids))


def _content(value: Any, path: str, ids: Ids) -> Turn:
    reader = Reader(value, path)
    said = reader.get("role", reading.text)
    role = ROLES.get(said or "user")
    if role is None:
        raise invalid(f"{path}.role must be user or model, not {said!r}", f"{path}.role")
    if said not in _SPEAKERS:
        absent = said is None and not reader.null("role")
        reader.memo("role", ABSENT if absent else said, role.value)
    return Turn(role, *_body(reader, ids))


def _body(reader: Reader, ids: Ids) -> tuple[tuple[Part, ...], Opaque]:
    items = reader.items("parts")
    if items is None:
        reader.memo("parts", None if reader.null("parts") else ABSENT, [])
        return (), reader.opaque()
    said = tuple(
        parts.usual(value) or parts.parse(value, items.path(number), ids)
        for number, value in enumerate(items.values)
    )
    return said, reader.opaque()
