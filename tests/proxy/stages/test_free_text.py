"""Free-text calls are restored in translated answers, over several pieces."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from proxy.ir import Batch, Close, Delta, Open, Piece, Request, ToolCall
from proxy.stages.free_text import free_text

CALL: Batch = [Open(0, ToolCall("1", "patch")), Delta(0, '{"inp'), Delta(0, 'ut":"x"}'), Close(0)]


async def through(pieces: list[Piece]) -> list[Piece]:
    async def exchange(request: Request) -> AsyncGenerator[Piece, None]:
        for piece in pieces:
            yield piece

    stage = free_text({"patch"})(exchange)
    return [piece async for piece in stage(Request(model="m", turns=()))]


async def test_a_call_is_restored_over_several_pieces() -> None:
    pieces = await through([Piece(CALL[:2]), Piece(CALL[2:])])
    heard = [event for piece in pieces for event in piece.events]
    assert heard == [Open(0, ToolCall("1", "patch", custom=True)), Delta(0, "x"), Close(0)]


async def test_what_passes_untouched_stays() -> None:
    [piece] = await through([Piece(CALL, b"raw")])
    assert (piece.events, piece.raw) == (CALL, b"raw")
