"""Leaves the model's thoughts out of a translated answer, where the operator wants that."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing

from proxy.ir import Close, Delta, Event, Exchange, Open, Piece, Request, Thinking


def without_thoughts(exchange: Exchange) -> Exchange:
    """Answers that pass untouched (same dialect) keep theirs."""

    async def run(request: Request) -> AsyncGenerator[Piece, None]:
        hidden: set[int] = set()
        async with aclosing(exchange(request)) as pieces:
            async for piece in pieces:
                if piece.raw is None:
                    piece = Piece(list(_spoken(piece.events, hidden)))
                yield piece

    return run


def _spoken(events: Iterable[Event], hidden: set[int]) -> Iterator[Event]:
    for event in events:
        match event:
            case Open(index, Thinking()):
                hidden.add(index)
            case Delta(index) | Close(index) if index in hidden:
                pass
            case _:
                yield event
