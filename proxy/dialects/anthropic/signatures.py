"""Other makers' proofs of reasoning, in `thinking.signature` of Anthropic clients.

Anthropic's clients send a thinking block back exactly as they got it, so its `signature` is where
a Gemini `thoughtSignature` travels, in text that tells what it is:

    potluck.v1.<place>.<dialect>.<signature>

Gemini signs text and function calls, never a thought. What it signed has no signature field here,
so an empty thinking block beside it carries the signature (Anthropic itself sends such blocks:
facts/wire.md 2.2), and `place` says to what it belongs:

- `next`: the block after it. Always so for a tool call, whose signature is known before it is
  written, and in answers that are not streamed.
- `last`: the block before it: streamed text, whose signature comes after the words are gone.
- `text`: an empty text of its own (Gemini ends many streams so).
- `self`: the thinking block itself, often with nothing after the last dot: a thought that somebody
  else than Anthropic had. Anthropic would refuse the block, so the renderer of requests drops it.

Never in a tool-call id.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from proxy.dialects.anthropic.fields import mine
from proxy.ir import Dialect, Part, Refusal, Signature, Text, Thinking, ToolResult

PREFIX = "potluck.v1."
"""No request with this in it can pass to Anthropic as it is."""


class Place(enum.StrEnum):
    NEXT = "next"
    LAST = "last"
    TEXT = "text"
    SELF = "self"


class Seal(NamedTuple):
    place: Place
    signature: Signature | None


def seal(place: Place, signature: Signature | None) -> str:
    """The text for `thinking.signature`."""
    origin, value = (signature.origin.value, signature.value) if signature else ("", "")
    return f"{PREFIX}{place}.{origin}.{value}"


def unseal(wire: str) -> Seal | None:
    """None: not ours, so Anthropic's own. What begins like ours but is damaged proves nothing."""
    if not wire.startswith(PREFIX):
        return None
    place, _, rest = wire.removeprefix(PREFIX).partition(".")
    origin, _, value = rest.partition(".")
    try:
        at = Place(place)
        return Seal(at, Signature(Dialect(origin), value) if origin and value else None)
    except ValueError:
        return Seal(Place.SELF, None)


def settled(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with every carried signature where it was, and without its carrier.

    A carrier whose neighbour is gone stays a thought with a signature; the rules in
    `proxy.signatures` then find the next best place.
    """
    found = list(parts)
    gone: set[int] = set()
    for at, part in enumerate(parts):
        place = carried(part)
        if place is None or not isinstance(part, Thinking):
            continue
        if place is Place.TEXT:
            found[at] = Text("", part.signature)
            continue
        target = at + 1 if place is Place.NEXT else at - 1
        if 0 <= target < len(found) and _takes(found[target]):
            found[target] = replace(found[target], signature=part.signature)
            gone.add(at)
    return tuple(part for at, part in enumerate(found) if at not in gone)


def carried(part: Part) -> Place | None:
    """Where the signature of this carrier belongs; None for every other part."""
    own = mine(part.opaque) if isinstance(part, Thinking) and not part.text else None
    if own is None or not isinstance(part, Thinking) or part.signature is None:
        return None
    place: Place | None = own.shape.get("seal")
    return None if place is Place.SELF else place


def _takes(part: Part) -> bool:
    if isinstance(part, Thinking | Refusal | ToolResult):
        return False
    return part.signature is None


def sealed(part: Thinking) -> bool:
    """Whether the block came with a signature of ours."""
    own = mine(part.opaque)
    return own is not None and "seal" in own.shape


__all__ = ["PREFIX", "Place", "Seal", "carried", "seal", "sealed", "settled", "unseal"]
