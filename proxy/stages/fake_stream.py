"""A stream for the client, while the upstream is asked for a whole answer.

The answer is cut into pieces that add up to it exactly. Nothing is said before it has come: the
`Start` of a stream is the upstream's to tell. Meanwhile the client gets the keep-alive of
`proxy/voice.py`, a timer beside the writer, which sends the head and a ping of the client's dialect
after each silence; it needs no help of this stage. A failure before the first piece is raised as it
is, and told with a status if no ping has gone out yet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing

from msgspec.structs import replace

from proxy.ir import (
    Batch,
    Delta,
    Event,
    Exchange,
    Middleware,
    Open,
    Piece,
    Refusal,
    Request,
    Text,
    Thinking,
)

MOST = 160
LEAST = 80
"""Characters of a piece. It ends behind a blank if there is one between the two."""

_JOINER = "\u200d"


def fake_stream() -> Middleware:
    """Pieces that pass untouched, and requests without a stream, are left alone.

    Outside of `anti_truncation`, so that each whole answer is patched before it is cut.
    """

    def middleware(exchange: Exchange) -> Exchange:
        def run(request: Request) -> AsyncGenerator[Piece, None]:
            return _streamed(exchange, request) if request.stream else exchange(request)

        return run

    return middleware


async def _streamed(exchange: Exchange, request: Request) -> AsyncGenerator[Piece, None]:
    spoken: set[int] = set()
    # OpenAI refuses options of a stream where there is none; a whole answer has its usage anyway.
    question = replace(request, stream=False, usage_wanted=False)
    async with aclosing(exchange(question)) as pieces:
        async for piece in pieces:
            if piece.raw is not None:
                yield piece
                continue
            for events in _cut(piece.events, spoken):
                yield Piece(events)


def _cut(events: Iterable[Event], spoken: set[int]) -> Iterator[Batch]:
    """`spoken` are the parts whose text is said bit by bit; everything else stays in one."""
    batch: Batch = []
    size = 0
    for event in events:
        for some, length in _slices(event, spoken):
            if size + length > MOST and size:
                yield batch
                batch, size = [], 0
            batch.append(some)
            size += length
    if batch:
        yield batch


def _slices(event: Event, spoken: set[int]) -> Iterator[tuple[Event, int]]:
    """The event, or several that say the same; and how many characters each says."""
    match event:
        case Delta(index, text) if index in spoken and len(text) > MOST:
            yield from ((Delta(index, some), len(some)) for some in slices(text))
        case Delta(index, text) if index in spoken:
            yield event, len(text)
        case Open(index, Text(text) | Thinking(text) | Refusal(text)):
            spoken.add(index)
            first, *rest = slices(text) or [""]
            yield replace(event, part=replace(event.part, text=first)), len(first)
            yield from ((Delta(index, some), len(some)) for some in rest)
        case _:
            yield event, 0


def slices(text: str) -> list[str]:
    """The text in pieces of at most about `MOST` characters, none torn out of a written sign."""
    found = []
    start = 0
    while len(text) - start > MOST:
        end = _end(text, start)
        found.append(text[start:end])
        start = end
    if start < len(text):
        found.append(text[start:])
    return found


def _end(text: str, start: int) -> int:
    blank = text.rfind(" ", start + LEAST, start + MOST)
    if blank >= 0:
        return blank + 1
    end = start + MOST
    # No sign has so many parts; a text of nothing else is cut anywhere.
    while end > start + LEAST and _inside(text, end):
        end -= 1
    return end


def _inside(text: str, place: int) -> bool:
    """Whether a cut here would part a letter from its accent, or a joined emoji."""
    after = text[place]
    return text[place - 1] == _JOINER or after == _JOINER or unicodedata.category(after)[0] == "M"
