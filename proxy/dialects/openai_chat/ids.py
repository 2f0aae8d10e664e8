"""Ids for tool calls that came without one: Chat links a result to its call by id only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from zlib import crc32

from proxy.ir import ToolCall, ToolResult, Turn


class Ids:
    """Names the calls of one conversation `call_0`, `call_1`, … and finds them for results.

    The same conversation gets the same ids each time. A result without an id answers the oldest
    unanswered call of its name, or simply the oldest if it has no name either.
    """

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._taken = {
            part.id for turn in turns for part in turn.parts if isinstance(part, ToolCall)
        }
        self._numbers = count()
        self._open: list[tuple[str, str]] = []

    def asked(self, call: ToolCall) -> str:
        id = call.id or self._fresh()
        self._open.append((id, call.name))
        return id

    def answered(self, result: ToolResult) -> str:
        for number, (id, name) in enumerate(self._open):
            if (id == result.call_id) if result.call_id else (result.name in ("", name)):
                del self._open[number]
                return id
        return result.call_id or self._fresh()

    def _fresh(self) -> str:
        return next(id for number in self._numbers if (id := f"call_{number}") not in self._taken)


def minted(answer: str, number: int) -> str:
    """An id for call `number` of the answer called `answer`: short, and the same on each reading.

    Ids of one conversation must differ between its answers, so the answer's own id is in it.
    """
    return f"call_{crc32(answer.encode('utf-8', 'replace')):08x}{number}"
