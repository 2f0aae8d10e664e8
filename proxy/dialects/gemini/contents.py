"""`contents` and `systemInstruction` → turns."""

from __future__ import annotations

from typing import Any

from proxy.dialects import reading
from proxy.dialects.gemini import parts
from proxy.dialects.gemini.fields import ABSENT, Reader
from proxy.dialects.gemini.ids import Ids
from proxy.errors import invalid
from proxy.ir import Dialect, Opaque, Part, Role, Text, Turn

# "function" is the role that early clients gave to function responses.
ROLES = {"user": Role.USER, "model": Role.MODEL, "function": Role.USER}


def parse(items: list[tuple[Any, str]], ids: Ids) -> tuple[Turn, ...]:
    return tuple(_content(value, path, ids) for value, path in items)


def system(value: Any, path: str, ids: Ids) -> Turn:
    """Google's clients send a content, some people a plain string."""
    if isinstance(value, str):
        return Turn(Role.SYSTEM, (Text(value),), Opaque(Dialect.GEMINI, shape={"string": True}))
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
    if said != role.value:
        absent = said is None and not reader.null("role")
        reader.memo("role", ABSENT if absent else said, role.value)
    return Turn(role, *_body(reader, ids))


def _body(reader: Reader, ids: Ids) -> tuple[tuple[Part, ...], Opaque]:
    items = reader.items("parts")
    if items is None:
        reader.memo("parts", None if reader.null("parts") else ABSENT, [])
    said = tuple(parts.parse(value, path, ids) for value, path in items or ())
    return said, reader.opaque()
