"""Token counts. Gemini counts thoughts beside the answer and tool input beside the prompt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.gemini.fields import mine
from proxy.ir import Dialect, Opaque, Usage

_Counts = tuple[int | None, int | None, int | None, int | None]


def parse(wire: JSON) -> Usage:
    """All None when it holds no counts: Vertex says only `trafficType` until the last chunk."""
    return Usage(*_counts(wire), Opaque(Dialect.GEMINI, shape=wire))


def _counts(wire: Mapping[str, Any]) -> _Counts:
    """Input, output, cached, thinking."""
    prompt, tools = _count(wire, "promptTokenCount"), _count(wire, "toolUsePromptTokenCount")
    said, thoughts = _count(wire, "candidatesTokenCount"), _count(wire, "thoughtsTokenCount")
    cached = _count(wire, "cachedContentTokenCount")
    if prompt is None and said is None and thoughts is None:
        return None, None, cached, None
    # A zero field is absent on the wire.
    return (prompt or 0) + (tools or 0), (said or 0) + (thoughts or 0), cached, thoughts


def _count(wire: Mapping[str, Any], field: str) -> int | None:
    value: Any = wire.get(field)
    if value is None or type(value) is int:
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else None


def render(usage: Usage) -> JSON:
    """`usageMetadata`: as it came while it still says the same, else sums that add up."""
    own = mine(usage.opaque)
    said = (usage.input, usage.output, usage.cached, usage.thinking)
    if own and _counts(own.shape) == said:
        return dict(own.shape)
    thinking = usage.thinking or 0
    counts = {
        "promptTokenCount": usage.input or 0,
        "cachedContentTokenCount": usage.cached,
        "candidatesTokenCount": max((usage.output or 0) - thinking, 0),
        "thoughtsTokenCount": thinking,
        "totalTokenCount": (usage.input or 0) + max(usage.output or 0, thinking),
    }
    kept = ("promptTokenCount", "totalTokenCount")
    return {name: count for name, count in counts.items() if count or name in kept}
