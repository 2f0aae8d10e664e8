"""Thoughts are left out of translated answers only."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from proxy.ir import Close, Delta, Event, Open, Piece, Request, Start, Text, Thinking
from proxy.stages.thoughts import without_thoughts

EVENTS: list[Event] = [
    Start("1", "m"),
    Open(0, Thinking("so")),
    Delta(0, " on"),
    Close(0),
    Open(1, Text("hi")),
    Delta(1, "!"),
    Close(1),
]


async def through(pieces: list[Piece]) -> list[Piece]:
    async def exchange(request: Request) -> AsyncGenerator[Piece, None]:
        for piece in pieces:
            yield piece

    return [piece async for piece in without_thoughts(exchange)(Request(model="m", turns=()))]


async def test_it_hides_thinking_parts_over_several_pieces() -> None:
    pieces = await through([Piece(EVENTS[:2]), Piece(EVENTS[2:])])
    heard = [event for piece in pieces for event in piece.events]
    assert heard == [EVENTS[0], *EVENTS[4:]]


async def test_it_leaves_untranslated_answers_alone() -> None:
    [piece] = await through([Piece(EVENTS, b"raw")])
    assert (piece.events, piece.raw) == (EVENTS, b"raw")
