"""Ids: of what the gateway's answers hold, and of calls that came without one.

All are made of what is known, so that the same answer gets the same ids each time it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import count

from proxy.ir import Start, ToolCall, ToolResult, Turn

_PREFIX = "resp_"


def answer_id(start: Start) -> str:
    """Ids of this dialect begin with `resp_`, and clients look for it."""
    return start.id if start.id.startswith(_PREFIX) else _PREFIX + stem(start)


def stem(start: Start) -> str:
    """What the ids of one answer have in common: short, as OpenAI takes 64 characters at most."""
    name = f"{start.id}:{start.created}".encode("utf-8", "replace")
    return blake2b(name, digest_size=16).hexdigest()


class Ids:
    """Names the calls of one conversation `call_0`, `call_1`, … and finds them for results.

    A result without an id answers the oldest unanswered call of its name, or simply the oldest if
    it has no name either. `custom` holds the ids of calls whose input is free text.
    """

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._taken = {
            part.id for turn in turns for part in turn.parts if isinstance(part, ToolCall)
        }
        self._numbers = count()
        self._open: list[tuple[str, str]] = []
        self.custom: set[str] = set()

    def asked(self, call: ToolCall) -> str:
        id = call.id or self._fresh()
        self._open.append((id, call.name))
        if call.custom:
            self.custom.add(id)
        return id

    def answered(self, result: ToolResult) -> str:
        for number, (id, name) in enumerate(self._open):
            if (id == result.call_id) if result.call_id else (result.name in ("", name)):
                del self._open[number]
                return id
        return result.call_id or self._fresh()

    def _fresh(self) -> str:
        return next(id for number in self._numbers if (id := f"call_{number}") not in self._taken)
