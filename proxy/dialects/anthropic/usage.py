"""Token counts. Anthropic counts what it read from and wrote to its cache beside the input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.dialects.anthropic.fields import ORIGIN, mine
from proxy.dialects.base import JSON
from proxy.ir import Opaque, Usage

_Counts = tuple[int | None, int | None, int | None, int | None]
_READ, _MADE = "cache_read_input_tokens", "cache_creation_input_tokens"


def read(wire: Mapping[str, Any]) -> Usage:
    return Usage(*_counts(wire), Opaque(ORIGIN, shape=wire))


def _counts(wire: Mapping[str, Any]) -> _Counts:
    """Input, output, cached, thinking."""
    said, cached = count(wire, "input_tokens"), count(wire, _READ)
    total = None
    if said is not None:
        total = said + (cached or 0) + (count(wire, _MADE) or 0)
    details = wire.get("output_tokens_details")
    thinking = count(details, "thinking_tokens") if isinstance(details, dict) else None
    return total, count(wire, "output_tokens"), cached, thinking


def count(wire: Mapping[str, Any], field: str) -> int | None:
    value = wire.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # NaN and infinity fail the comparison.
    return int(value) if 0 <= value < 2**53 else None


def write(usage: Usage | None) -> JSON:
    """The `usage` object: as it came while it still says the same, else sums that add up."""
    if usage is None:
        return {"input_tokens": 0, "output_tokens": 0}
    own = mine(usage.opaque)
    if own and _counts(own.shape) == (usage.input, usage.output, usage.cached, usage.thinking):
        return {"input_tokens": 0, "output_tokens": 0, **own.shape}
    cached = usage.cached or 0
    out: JSON = {
        "input_tokens": max((usage.input or 0) - cached, 0),
        _MADE: 0,
        _READ: cached,
        "output_tokens": usage.output or 0,
    }
    if usage.thinking is not None:
        out["output_tokens_details"] = {"thinking_tokens": usage.thinking}
    return out
