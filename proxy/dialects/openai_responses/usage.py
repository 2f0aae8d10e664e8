"""Token counts. `input_tokens` includes what was cached, `output_tokens` the reasoning."""

from __future__ import annotations

from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import keeping
from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.ir import Opaque, Usage

_IN, _OUT = "input_tokens_details", "output_tokens_details"
_TOP = frozenset({"input_tokens", "output_tokens", "total_tokens", _IN, _OUT})


def read(usage: JSON) -> Usage:
    asked, given = _box(usage, _IN), _box(usage, _OUT)
    return Usage(
        _count(usage, "input_tokens"),
        _count(usage, "output_tokens"),
        _count(asked, "cached_tokens"),
        _count(given, "reasoning_tokens"),
        _rest(usage, asked, given),
    )


def _rest(usage: JSON, asked: JSON, given: JSON) -> Opaque | None:
    """What else there is (costs, cache writes). Zeros say nothing and are left out."""
    data = {key: value for key, value in usage.items() if value and key not in _TOP}
    for box, values, known in ((_IN, asked, "cached_tokens"), (_OUT, given, "reasoning_tokens")):
        data |= {f"{box}.{key}": value for key, value in values.items() if value and key != known}
    return Opaque(ORIGIN, data) if data else None


def _box(usage: JSON, key: str) -> JSON:
    value = usage.get(key)
    return value if isinstance(value, dict) else {}


def _count(box: JSON, key: str) -> int | None:
    value: Any = box.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Some services write counts as 5.0; NaN and infinity are no counts.
    return int(value) if 0 <= value < 2**53 else None


def write(usage: Usage) -> JSON:
    """The `usage` object, with all the fields that Codex and the official clients read."""
    asked, given = usage.input or 0, usage.output or 0
    out: JSON = {
        "input_tokens": asked,
        _IN: {"cached_tokens": usage.cached or 0},
        "output_tokens": given,
        _OUT: {"reasoning_tokens": usage.thinking or 0},
        "total_tokens": asked + given,
    }
    return keeping.restore(out, usage.opaque)
