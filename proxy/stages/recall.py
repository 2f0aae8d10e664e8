"""Remembers the signatures of tool calls for clients that drop them, and gives them back.

Rule 3 of `proxy/signatures.py`: most OpenAI-shaped clients echo a call's id and nothing else, and
Gemini 3 refuses a turn without its signature.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from time import monotonic

from msgspec.structs import replace

from proxy.ir import (
    Close,
    Event,
    Exchange,
    Middleware,
    Open,
    Part,
    Piece,
    Request,
    Role,
    Signature,
    ToolCall,
    Turn,
)

Name = tuple[int, str]
"""(API key, tool-call id): nobody is ever given what another key's answer held."""


class Memory:
    """Bounded in bytes and in time (seconds); the oldest goes first. One process only: another one
    that never saw the call sends the documented bypass instead."""

    def __init__(
        self,
        *,
        most: int = 16 * 2**20,
        keep: float = 6 * 3_600.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._most = most
        self._keep = keep
        self._clock = clock
        self._held: OrderedDict[Name, tuple[float, Signature]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._held)

    def note(self, name: Name, signature: Signature) -> None:
        self._forget(name)
        self._held[name] = (self._clock() + self._keep, signature)
        self._size += _weight(name, signature)
        while self._size > self._most or self._stale():
            self._forget(next(iter(self._held)))

    def find(self, name: Name) -> Signature | None:
        until, signature = self._held.get(name, (0.0, None))
        return signature if until > self._clock() else None

    def _stale(self) -> bool:
        first = next(iter(self._held.values()), None)
        return first is not None and first[0] <= self._clock()

    def _forget(self, name: Name) -> None:
        if held := self._held.pop(name, None):
            self._size -= _weight(name, held[1])


def remembering(memory: Memory, key: int) -> Middleware:
    """Completes the question, and learns from the answer. Signatures that came back stay."""

    def middleware(exchange: Exchange) -> Exchange:
        async def run(request: Request) -> AsyncGenerator[Piece, None]:
            calls: dict[int, ToolCall] = {}
            async with aclosing(exchange(restored(request, memory, key))) as pieces:
                async for piece in pieces:
                    for event in piece.events:
                        _learn(event, calls, memory, key)
                    yield piece

        return run

    return middleware


def restored(request: Request, memory: Memory, key: int) -> Request:
    """The same request if nothing is missing, or nothing is known."""
    if not len(memory):
        return request
    turns = tuple(_signed(turn, memory, key) for turn in request.turns)
    same = all(new is old for new, old in zip(turns, request.turns, strict=True))
    return request if same else replace(request, turns=turns)


def _signed(turn: Turn, memory: Memory, key: int) -> Turn:
    if turn.role is not Role.MODEL or any(_signature(part) for part in turn.parts):
        # A turn of which anything came back was not stripped: what lacks a proof never had one.
        return turn
    parts = tuple(_found(part, memory, key) for part in turn.parts)
    same = all(new is old for new, old in zip(parts, turn.parts, strict=True))
    return turn if same else replace(turn, parts=parts)


def _found(part: Part, memory: Memory, key: int) -> Part:
    if isinstance(part, ToolCall) and (signature := memory.find((key, part.id))):
        return replace(part, signature=signature)
    return part


def _signature(part: Part) -> Signature | None:
    return getattr(part, "signature", None)


def _learn(event: Event, calls: dict[int, ToolCall], memory: Memory, key: int) -> None:
    if type(event) is Open:
        if type(event.part) is ToolCall:
            calls[event.index] = event.part
            if event.part.signature is not None:
                memory.note((key, event.part.id), event.part.signature)
    elif type(event) is Close and event.signature is not None and event.index in calls:
        memory.note((key, calls[event.index].id), event.signature)


def _weight(name: Name, signature: Signature) -> int:
    # What Python itself needs for an entry is more than most ids.
    return 400 + len(name[1]) + len(signature.value)
