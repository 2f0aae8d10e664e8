"""Other makers' proofs of reasoning, in the field where a dialect has its own.

Clients send reasoning back exactly as they got it, so there a Gemini `thoughtSignature` or an
Anthropic `signature` travels: in `thinking.signature` of Anthropic's blocks, and in
`encrypted_content` of Responses' reasoning items (Codex keeps it and drops what it does not know).
The text tells what it is:

    potluck.v1.<place>.<dialect>.<signature>

Gemini signs text and calls, which have no field for it in these dialects, so reasoning without
text beside them carries the signature (Anthropic itself sends such blocks), and
`place` says whose it is:

- `next`: the part after it. So for a call, whose signature is known before it is written.
- `last`: the part before it: streamed text, whose signature comes after the words are gone. With
  code and its result before it, it is the code's.
- `text`: an empty text of its own (Gemini ends many streams so).
- `self`: the reasoning itself, often with nothing after the last dot: a thought that somebody else
  than the dialect's maker had. The maker would refuse it, so the renderer of requests drops it.

A parser keeps the place under `seal` in the shape of the part's `Opaque`. Never in a call's id.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from proxy.ir import Code, CodeResult, Dialect, Part, Refusal, Signature, Text, Thinking, ToolResult

PREFIX = "potluck.v1."
"""No request with this in it can pass to the dialect's maker as it is."""


class Place(enum.StrEnum):
    NEXT = "next"
    LAST = "last"
    TEXT = "text"
    SELF = "self"


class Seal(NamedTuple):
    place: Place
    signature: Signature | None


def seal(place: Place, signature: Signature | None) -> str:
    """The text for the field of the proof."""
    origin, value = (signature.origin.value, signature.value) if signature else ("", "")
    return f"{PREFIX}{place}.{origin}.{value}"


def unseal(wire: str) -> Seal | None:
    """None: not ours, so the maker's own. What begins like ours but is damaged proves nothing."""
    if not wire.startswith(PREFIX):
        return None
    place, _, rest = wire.removeprefix(PREFIX).partition(".")
    origin, _, value = rest.partition(".")
    try:
        at = Place(place)
        return Seal(at, Signature(Dialect(origin), value) if origin and value else None)
    except ValueError:
        return Seal(Place.SELF, None)


def settled(parts: Sequence[Part], dialect: Dialect) -> tuple[Part, ...]:
    """The parts with every signature that `dialect` carried where it was, without its carrier.

    A carrier whose neighbour is gone stays a thought with a signature; the rules in
    `proxy.signatures` then find the next best place.
    """
    found = list(parts)
    gone: set[int] = set()
    for at, part in enumerate(parts):
        place = _carried(part, dialect)
        if place is None or not isinstance(part, Thinking):
            continue
        if place is Place.TEXT:
            found[at] = Text("", part.signature)
            continue
        target = at + 1 if place is Place.NEXT else _before(found, at)
        if 0 <= target < len(found) and _takes(found[target]):
            found[target] = replace(found[target], signature=part.signature)
            gone.add(at)
    return tuple(part for at, part in enumerate(found) if at not in gone)


def _before(parts: Sequence[Part], at: int) -> int:
    """Whose signature comes at its end: code and its result are one item, which is the code's."""
    ran = at > 1 and isinstance(parts[at - 1], CodeResult) and isinstance(parts[at - 2], Code)
    return at - 2 if ran else at - 1


def sealed(part: Thinking, dialect: Dialect) -> bool:
    """Whether the reasoning came in `dialect` with a seal of ours."""
    return _place(part, dialect) is not None


def _carried(part: Part, dialect: Dialect) -> Place | None:
    """Where the signature of a carrier belongs; None for every other part."""
    if not isinstance(part, Thinking) or part.text or part.signature is None:
        return None
    place = _place(part, dialect)
    return None if place is Place.SELF else place


def _place(part: Thinking, dialect: Dialect) -> Place | None:
    own = part.opaque if part.opaque is not None and part.opaque.origin is dialect else None
    return None if own is None else own.shape.get("seal")


def _takes(part: Part) -> bool:
    if isinstance(part, Thinking | Refusal | ToolResult):
        return False
    return part.signature is None
