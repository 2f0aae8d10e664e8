"""Events reduced to what they say in total, however many deltas it took."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from proxy.ir import (
    Cite,
    Close,
    Delta,
    Event,
    Extra,
    Finish,
    Logprobs,
    Open,
    Part,
    Start,
    Text,
    Usage,
)
from tests.support.hearing import grown

Folded = dict[str, Any]


def fold(events: Iterable[Event]) -> Folded:
    """`parts` in order of their beginning, then what was said about the whole."""
    folded: Folded = {"extra": {}, "usage": None, "start": None, "tokens": ()}
    folded |= {"cites": [], "finish": None}
    opened: dict[int, Any] = {}
    closed: dict[int, Any] = {}
    for event in events:
        match event:
            case Open():
                assert event.index not in closed, "an index is used once"
                opened[event.index] = event.part
            case Delta():
                opened[event.index] = grown(opened[event.index], event.text)
            case Close():
                part = opened.pop(event.index)
                if event.signature is not None:
                    part = replace(part, signature=event.signature)
                closed[event.index] = part
            case _:
                _about(event, folded)
    assert not opened, "every part that opens is closed"
    return folded | {"parts": [closed[index] for index in sorted(closed)]}


def _about(event: Event, folded: Folded) -> None:
    match event:
        case Start():
            folded["start"] = event
        case Usage():
            folded["usage"] = event
        case Extra():
            folded["extra"].update(event.opaque.data)
        case Logprobs():
            folded["tokens"] += event.tokens
        case Cite():
            folded["cites"].append(event)
        case Finish():
            assert folded["finish"] is None, "an answer finishes once"
            folded["finish"] = event


def bare(part: Part) -> Part:
    """The part without how it was spelt."""
    return replace(part, opaque=None) if not hasattr(part, "opaque") or part.opaque else part


def text(folded: Folded) -> str:
    """The visible text."""
    return "".join(part.text for part in folded["parts"] if isinstance(part, Text))
