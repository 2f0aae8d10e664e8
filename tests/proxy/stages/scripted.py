"""An exchange that answers as it is told, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence

from proxy.errors import GatewayError
from proxy.ir import (
    Batch,
    Close,
    Delta,
    Event,
    Finish,
    FinishReason,
    Middleware,
    Open,
    Piece,
    Request,
    Role,
    Start,
    Text,
    Turn,
    Usage,
)

Step = Event | GatewayError
QUESTION = Request(model="m", turns=(Turn(Role.USER, (Text("Count."),)),), stream=True)
LENGTH = Finish(FinishReason.LENGTH, "length")
STOP = Finish(FinishReason.STOP, "stop")


def said(*texts: str, finish: Finish = STOP, usage: Usage | None = None, id: str = "1") -> Batch:
    """An answer of one text, in as many pieces as given."""
    counted = [usage] if usage is not None else []
    deltas = [Delta(0, text) for text in texts]
    return [Start(id, "m", 1), Open(0, Text("")), *deltas, Close(0), *counted, finish]


class Scripted:
    """Plays one list of steps for each question; an error is raised when its turn comes.

    `whole`: everything of an answer is one piece; else each event is a piece of its own.
    """

    def __init__(self, *answers: Sequence[Step], whole: bool = False) -> None:
        self.asked: list[Request] = []
        self.closed = 0
        self._answers = answers
        self._whole = whole

    def __call__(self, request: Request) -> AsyncGenerator[Piece, None]:
        self.asked.append(request)
        return self._play(self._answers[len(self.asked) - 1])

    async def _play(self, steps: Sequence[Step]) -> AsyncGenerator[Piece, None]:
        try:
            batch: Batch = []
            for step in steps:
                if isinstance(step, GatewayError):
                    if batch:
                        yield Piece(batch)
                    raise step
                batch.append(step)
                if not self._whole:
                    yield Piece(batch)
                    batch = []
            if batch:
                yield Piece(batch)
        finally:
            self.closed += 1


async def heard(stage: Middleware, exchange: Scripted, request: Request = QUESTION) -> Batch:
    """Every event that comes through."""
    return [event async for piece in stage(exchange)(request) for event in piece.events]


def text(events: Iterable[Event]) -> str:
    """The visible text. A delta of a part that is not open is a KeyError."""
    kinds: dict[int, bool] = {}
    found = []
    for event in events:
        match event:
            case Open(index, part):
                assert index not in kinds, "an index was used twice"
                kinds[index] = isinstance(part, Text)
                found += [part.text] if isinstance(part, Text) else []
            case Delta(index, more) if kinds[index]:
                found.append(more)
            case Close(index):
                del kinds[index]
    assert kinds == {}, "a part was not closed"
    return "".join(found)


def only(events: Iterable[Event], kind: type[Event]) -> Batch:
    return [event for event in events if type(event) is kind]
