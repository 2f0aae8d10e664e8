"""Ids of tool calls: Anthropic wants one on both sides, of letters, digits, `_` and `-`."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from itertools import count
from zlib import crc32

from proxy.dialects.anthropic.fields import mine
from proxy.ir import ToolCall, ToolResult, Turn

_OTHER = re.compile(r"[^a-zA-Z0-9_-]")


def fitted(id: str) -> str:
    """The id itself if it fits, else one made of it: the same for the same, for others another."""
    plain = _OTHER.sub("_", id)
    return id if plain == id else f"{plain[:48]}_{_digest(id)}"


def minted(answer: str, number: int) -> str:
    """An id for call `number` of the answer called `answer`: the same on each reading."""
    return f"toolu_{_digest(answer)}{number}"


def _digest(text: str) -> str:
    return f"{crc32(text.encode('utf-8', 'replace')):08x}"


class _Call:
    __slots__ = ("given", "id", "waits")

    def __init__(self, given: str, id: str) -> None:
        self.given = given
        self.id = id
        self.waits = True


class Ids:
    """The calls of one conversation, and which of them still wait for their result.

    A result without an id answers the oldest unanswered call of its name, or simply the oldest.
    No call is looked at twice for another's sake: they come by the thousand.
    """

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._taken = {
            part.id for turn in turns for part in turn.parts if isinstance(part, ToolCall)
        }
        self._numbers = count()
        self._waiting: dict[tuple[str, str], deque[_Call]] = {}

    def asked(self, call: ToolCall) -> str:
        id = call.id if mine(call.opaque) else fitted(call.id) if call.id else self._fresh()
        asked = _Call(call.id or id, id)
        for key in (("id", asked.given), ("name", call.name), ("any", "")):
            self._waiting.setdefault(key, deque()).append(asked)
        return id

    def answered(self, result: ToolResult) -> str:
        key = ("id", result.call_id) if result.call_id else ("name", result.name)
        waiting = self._waiting.get(key if key[1] else ("any", ""))
        while waiting:
            call = waiting.popleft()
            if call.waits:
                call.waits = False
                return call.id
        if mine(result.opaque):
            return result.call_id
        return fitted(result.call_id) if result.call_id else self._fresh()

    def _fresh(self) -> str:
        return next(id for number in self._numbers if (id := f"toolu_{number}") not in self._taken)
