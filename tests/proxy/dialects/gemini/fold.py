"""Events folded into what an answer says, so that a stream and a whole answer can be compared."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from msgspec.structs import replace

from proxy.dialects.gemini import CODEC
from proxy.ir import (
    Batch,
    Cite,
    Close,
    Delta,
    Event,
    Extra,
    Finish,
    Open,
    Part,
    Start,
    TokenLogprob,
    Usage,
)
from tests.support import hearing
from tests.support.hearing import grown


class Folded:
    def __init__(self, events: Batch) -> None:
        self.start: Start | None = None
        self.parts: dict[int, list[Part]] = {}
        self.usage: Usage | None = None
        self.finishes: dict[int, Finish] = {}
        self.cites: list[Cite] = []
        self.tokens: list[TokenLogprob] = []
        self.extras: dict[str, Any] = {}
        self._open: dict[int, tuple[Open, list[str]]] = {}
        for event in events:
            self._take(event)
        assert not self._open, "a part was never closed"

    def _take(self, event: Event) -> None:
        match event:
            case Start():
                assert self.start is None
                self.start = event
            case Open():
                self._open[event.index] = (event, [])
            case Delta():
                self._open[event.index][1].append(event.text)
            case Close():
                opened, said = self._open.pop(event.index)
                part = grown(opened.part, "".join(said))
                if event.signature:
                    part = replace(part, signature=event.signature)
                self.parts.setdefault(opened.choice, []).append(part)
            case Usage():
                self.usage = event
            case Finish():
                assert event.choice not in self.finishes
                self.finishes[event.choice] = event
            case Cite():
                self.cites.append(event)
            case Extra():
                self.extras.update(event.opaque.data)
            case _:
                self.tokens += getattr(event, "tokens", ())

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


streamed = partial(hearing.streamed, CODEC)
outcome = partial(hearing.outcome, CODEC)


def sse(*chunks: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(chunk).encode() + b"\r\n\r\n" for chunk in chunks)


def said(*parts: Any, **more: Any) -> dict[str, Any]:
    """One chunk with one candidate."""
    return {"candidates": [{"content": {"parts": list(parts), "role": "model"}, **more}]}
