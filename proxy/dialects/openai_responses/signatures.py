"""Other makers' proofs of reasoning, in `encrypted_content` of reasoning items.

Clients of this dialect send reasoning items back exactly as they got them (Codex keeps
`encrypted_content` and drops what it does not know), so that is where a Gemini `thoughtSignature`
or an Anthropic `signature` travels, in text that tells what it is:

    potluck.v1.<place>.<dialect>.<signature>

An item without a summary may carry a signature for its neighbour; `place` says whose it is:

- `next`: the item after it. So for a call whose signature is known before it is written.
- `last`: the item before it: streamed text, whose signature comes after the words are gone.
- `text`: an empty text of its own (Gemini ends many streams so).
- `self`: the reasoning itself, often with nothing after the last dot: a thought that somebody else
  than OpenAI had. OpenAI would refuse the item, so the renderer of requests drops it.

Never in a call's id.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from proxy.dialects.openai_responses import keeping
from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.ir import Dialect, Part, Refusal, Signature, Text, Thinking, ToolResult

PREFIX = "potluck.v1."
"""OpenAI itself refuses `encrypted_content` that begins so."""


class Place(enum.StrEnum):
    NEXT = "next"
    LAST = "last"
    TEXT = "text"
    SELF = "self"


class Seal(NamedTuple):
    place: Place
    signature: Signature | None


def seal(place: Place, signature: Signature | None) -> str:
    """The text for `encrypted_content`."""
    origin, value = (signature.origin.value, signature.value) if signature else ("", "")
    return f"{PREFIX}{place}.{origin}.{value}"


def unseal(wire: str) -> Seal | None:
    """None: not ours, so the upstream's own. What is ours but damaged proves nothing."""
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
        place = _carried(part)
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


def sealed(part: Thinking) -> bool:
    """Whether the reasoning came with a seal of ours."""
    return "seal" in keeping.shape(part.opaque)


def issued(signature: Signature | None) -> str | None:
    """The signature's text if a service of this dialect issued it."""
    return signature.value if signature is not None and signature.origin is ORIGIN else None


def _carried(part: Part) -> Place | None:
    if not isinstance(part, Thinking) or part.text or part.signature is None:
        return None
    place: Place | None = keeping.shape(part.opaque).get("seal")
    return None if place is Place.SELF else place


def _takes(part: Part) -> bool:
    if isinstance(part, Thinking | Refusal | ToolResult):
        return False
    return part.signature is None
