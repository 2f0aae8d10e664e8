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
    Start,
    Text,
    Usage,
)
from tests.support.hearing import grown

Folded = dict[str, Any]


def fold(events: Iterable[Event]) -> Folded:
    """`parts` per candidate in order, then what was said about each and about the whole."""
    folded: Folded = {"parts": {}, "about": [], "extra": {}, "usage": None, "start": None}
    opened: dict[int, tuple[int, Any]] = {}
    for event in events:
        match event:
            case Open():
                opened[event.index] = (event.choice, event.part)
            case Delta():
                choice, part = opened[event.index]
                opened[event.index] = (choice, grown(part, event.text))
            case Close():
                choice, part = opened.pop(event.index)
                if event.signature is not None:
                    part = replace(part, signature=event.signature)
                folded["parts"].setdefault(choice, []).append(part)
            case Start():
                folded["start"] = event
            case Usage():
                folded["usage"] = event
            case Extra():
                folded["extra"].update(event.opaque.data)
            case Cite() | Finish() | Logprobs():
                folded["about"].append(event)
    assert not opened, "every part that opens is closed"
    folded["about"].sort(key=lambda event: (event.choice, type(event).__name__))
    return folded


def text(folded: Folded, choice: int = 0) -> str:
    """The visible text of one candidate."""
    return "".join(part.text for part in folded["parts"].get(choice, ()) if isinstance(part, Text))
