"""Calls of free-text tools come back as such, where the upstream knows only JSON functions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing

from proxy.dialects.custom import Restorer
from proxy.ir import Exchange, Middleware, Piece, Request


def free_text(names: Collection[str]) -> Middleware:
    """`names` are the request's free-text tools. Answers that pass untouched stay as they are."""

    def middleware(exchange: Exchange) -> Exchange:
        async def run(request: Request) -> AsyncGenerator[Piece, None]:
            restorer = Restorer(names)
            async with aclosing(exchange(request)) as pieces:
                async for piece in pieces:
                    yield piece if piece.raw is not None else Piece(restorer.feed(piece.events))

        return run

    return middleware
