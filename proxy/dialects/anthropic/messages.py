"""`system` and `messages` of a request, parsed into turns.

Anthropic also takes system messages in mid-conversation (Claude Code sends them, some with an
`output_config` of their own); `shape["place"]` tells the two kinds apart.
"""

from __future__ import annotations

from typing import Any

from proxy.dialects import reading
from proxy.dialects.anthropic import blocks
from proxy.dialects.anthropic.fields import ORIGIN, Reader
from proxy.errors import invalid
from proxy.ir import Opaque, Role, Turn

TOP, INSIDE = "system", "message"

ROLES = {"user": Role.USER, "assistant": Role.MODEL, "system": Role.SYSTEM}
NAMES = {role: name for name, role in ROLES.items()}


def parse(top: Reader) -> tuple[Turn, ...]:
    """Raises INVALID_REQUEST naming the field."""
    first = system(top)
    messages = top.need("messages", reading.array)
    if not messages:
        raise invalid("messages must hold at least one message", "messages")
    turns = [_turn(item, reading.place("messages", n)) for n, item in enumerate(messages)]
    return (*first, *turns)


def _turn(value: Any, path: str) -> Turn:
    reader = Reader(value, path)
    name = reader.need("role", reading.text)
    role = ROLES.get(name)
    if role is None:
        where = reader.place("role")
        raise invalid(f"{where} must be user, assistant or system", where)
    parts = blocks.parse(reader, "content")
    return Turn(role, parts, reader.opaque(place=INSIDE))


def system(top: Reader) -> tuple[Turn, ...]:
    """The turn of the field `system`, if there is one."""
    if not top.has("system"):
        top.raw("system")
        return ()
    parts = blocks.parse(top, "system")
    return (Turn(Role.SYSTEM, parts, Opaque(ORIGIN, shape={"place": TOP})),)
