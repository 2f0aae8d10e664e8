"""Misbehaviour to order: by model name (`sim-429-minute`, `gemini-2.5-pro-sim-cut`) or per key."""

from __future__ import annotations

import enum
import math
import re
from dataclasses import dataclass, replace

from gateway.simulator.reply import End, Reply


class Refusal(enum.StrEnum):
    """An error status with the service's own body for it."""

    BAD_REQUEST = "400"
    BAD_KEY = "401"
    NO_KEY = "no-key"
    FORBIDDEN = "403"
    DISABLED = "403-disabled"
    VALIDATION = "403-validation"
    NOT_FOUND = "404"
    TOO_LARGE = "413"
    MINUTE = "429-minute"
    DAY = "429-day"
    ZERO = "429-zero"
    BARE = "429-bare"
    QUOTA = "429-quota"
    CAPACITY = "429-capacity"
    INTERNAL = "500"
    OVERLOADED = "503"


class Breakage(enum.StrEnum):
    """A good answer that does not arrive as it should."""

    CUT = "cut"
    CUT_EARLY = "cut-early"
    STALL = "stall"
    HANG = "hang"
    SLOW = "slow"
    GARBAGE = "garbage"
    ERROR_MIDSTREAM = "error-midstream"


class Twist(enum.StrEnum):
    """An answer that is complete and well-formed, but not the usual one."""

    BLOCK = "block"
    BLOCK_ANSWER = "block-answer"
    EMPTY = "empty"
    MALFORMED = "malformed"
    OVERTHINK = "overthink"
    TOKENS = "tokens"
    TRUNCATE = "truncate"


Kind = Refusal | Breakage | Twist

KINDS: dict[str, Kind] = {str(kind): kind for enum_ in (Refusal, Breakage, Twist) for kind in enum_}
_NUMBERED = frozenset({Breakage.SLOW, Twist.TOKENS, Twist.TRUNCATE})
_IN_MODEL = re.compile(r"(?:^|[-/])sim-([a-z0-9.-]+)$")


@dataclass(frozen=True, slots=True)
class Order:
    """`amount` is seconds for `slow-2.5`, tokens for `tokens-50` and `truncate-20`."""

    kind: Kind
    amount: float = 0.0


class UnknownOrder(ValueError):
    """Not a behaviour that this simulator knows."""


def parse(name: str) -> Order:
    """`name` as in docs/simulator.md, without `sim-`; raises UnknownOrder."""
    if name in KINDS and KINDS[name] not in _NUMBERED:
        return Order(KINDS[name])
    head, _, number = name.rpartition("-")
    kind = KINDS.get(head)
    if kind not in _NUMBERED or not re.fullmatch(r"\d+(\.\d+)?", number):
        raise UnknownOrder(f"{name!r} is none of {', '.join(sorted(KINDS))}")
    return Order(kind, float(number))


def ordered(model: str) -> Order | None:
    """What the model's name asks for. Raises UnknownOrder, so that a typo does not pass."""
    found = _IN_MODEL.search(model)
    return parse(found[1]) if found else None


def broken(reply: Reply, order: Order, interruption: bytes) -> Reply:
    """`reply` with a Breakage. `interruption` is the service's own words in mid-stream."""
    match order.kind:
        case Breakage.CUT:
            return replace(reply, pieces=_beginning(reply), end=End.CUT)
        case Breakage.CUT_EARLY:
            return replace(reply, pieces=(), end=End.CUT)
        case Breakage.STALL:
            return replace(reply, pieces=_beginning(reply)[:1], end=End.STALL)
        case Breakage.HANG:
            return replace(reply, delay=math.inf)
        case Breakage.SLOW:
            return replace(reply, delay=order.amount)
        case Breakage.GARBAGE:
            return replace(
                reply, pieces=(b"<html><body>Bad gateway: this is not JSON</body></html>",)
            )
        case Breakage.ERROR_MIDSTREAM if reply.streamed:
            return replace(reply, pieces=(*_beginning(reply), interruption))
        case _:
            return reply


def _beginning(reply: Reply) -> tuple[bytes, ...]:
    """The first half, at least one piece; of an answer in one piece, half of its bytes."""
    if len(reply.pieces) > 1:
        return reply.pieces[: max(1, len(reply.pieces) // 2)]
    return tuple(piece[: len(piece) // 2] for piece in reply.pieces)
