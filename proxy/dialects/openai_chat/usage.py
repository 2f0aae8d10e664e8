"""Token counts, in both directions.

OpenAI counts reasoning inside `completion_tokens`. xAI and Google's compatible endpoint do not,
but their `total_tokens` does, so the output is what the total leaves beside the prompt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import keeping
from proxy.dialects.openai_chat.keeping import ORIGIN
from proxy.ir import Opaque, Usage

_IN, _OUT = "prompt_tokens_details", "completion_tokens_details"
_CACHED_PLACES = ("prompt_cache_hit_tokens", "cache_read_input_tokens", "cached_tokens")
_CACHED = frozenset(_CACHED_PLACES)
_TOP = frozenset({"prompt_tokens", "completion_tokens", "total_tokens", _IN, _OUT})


def read(usage: JSON) -> Usage:
    asked, given = _box(usage, _IN), _box(usage, _OUT)
    prompt, output = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    thinking = _count(given, "reasoning_tokens")
    total = _count(usage, "total_tokens")
    if prompt is not None and output is not None and total is not None:
        beside = total - prompt - output
        if beside > 0:
            output += beside
            thinking = thinking or beside
    return Usage(prompt, output, _cached(usage, asked), thinking, _rest(usage, asked, given))


def _cached(usage: JSON, asked: JSON) -> int | None:
    """OpenAI's place first, then DeepSeek's, Databricks' and Hugging Face's."""
    count = _count(asked, "cached_tokens")
    if count is None and not _CACHED.isdisjoint(usage):
        found = (_count(usage, key) for key in _CACHED_PLACES)
        return next((count for count in found if count is not None), None)
    return count


def _rest(usage: JSON, asked: JSON, given: JSON) -> Opaque | None:
    """What else there is (costs, audio tokens). Zeros say nothing and are left out: a count that
    is not there is none."""
    data = {key: value for key, value in usage.items() if value and key not in _TOP}
    for key, value in asked.items():
        if value and key != "cached_tokens":
            data[f"{_IN}.{key}"] = value
    for key, value in given.items():
        if value and key != "reasoning_tokens":
            data[f"{_OUT}.{key}"] = value
    return Opaque(ORIGIN, data) if data else None


def _box(usage: JSON, key: str) -> JSON:
    value = usage.get(key)
    return value if isinstance(value, dict) else {}


def _count(box: Mapping[str, Any], key: str) -> int | None:
    value = box.get(key)
    if type(value) is int and 0 <= value < 2**53:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Some services write counts as 5.0; NaN and infinity are no counts.
    return int(value) if 0 <= value < 2**53 else None


def write(usage: Usage) -> JSON:
    """The `usage` object. OpenAI always sends the three sums."""
    prompt, output = usage.input or 0, usage.output or 0
    out: JSON = {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output,
    }
    if usage.cached is not None:
        out[_IN] = {"cached_tokens": usage.cached}
    if usage.thinking is not None:
        out[_OUT] = {"reasoning_tokens": usage.thinking}
    for name in keeping.data(usage.opaque):
        box = name.partition(".")[0]
        if box in (_IN, _OUT):
            out.setdefault(box, {})
    return keeping.restore(out, usage.opaque)
