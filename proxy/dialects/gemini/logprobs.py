"""`logprobsResult` ↔ token log probabilities."""

from __future__ import annotations

from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.gemini.fields import GEMINI, mine
from proxy.ir import Opaque, TokenLogprob

_MODELLED = frozenset({"token", "logProbability"})


def parse(wire: Any) -> tuple[TokenLogprob, ...]:
    """Reads what it understands; a malformed entry is skipped."""
    if not isinstance(wire, dict):
        return ()
    tops = _list(wire.get("topCandidates"))
    found = []
    for place, chosen in enumerate(_list(wire.get("chosenCandidates"))):
        others = tops[place] if place < len(tops) else None
        listed = _list(others.get("candidates")) if isinstance(others, dict) else []
        top = tuple(token for one in listed if (token := _token(one)) is not None)
        token = _token(chosen, top)
        if token is not None:
            found.append(token)
    return tuple(found)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _token(value: Any, top: tuple[TokenLogprob, ...] = ()) -> TokenLogprob | None:
    if not isinstance(value, dict):
        return None
    token, likely = value.get("token", ""), value.get("logProbability", 0)
    if not isinstance(token, str) or not isinstance(likely, int | float):
        return None
    more = {key: below for key, below in value.items() if key not in _MODELLED}
    return TokenLogprob(token, likely, top=top, opaque=Opaque(GEMINI, data=more) if more else None)


def render(tokens: list[TokenLogprob]) -> JSON:
    wire: JSON = {"chosenCandidates": [_wire(token) for token in tokens]}
    if any(token.top for token in tokens):
        tops = ([_wire(one) for one in token.top] for token in tokens)
        wire["topCandidates"] = [{"candidates": top} if top else {} for top in tops]
    return wire


def _wire(token: TokenLogprob) -> JSON:
    own = mine(token.opaque)
    return {"token": token.token, "logProbability": token.logprob, **(own.data if own else {})}
