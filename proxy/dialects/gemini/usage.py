"""Token counts. Gemini counts thoughts beside the answer and tool input beside the prompt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.gemini.fields import GEMINI, mine
from proxy.ir import Opaque, Usage

_Counts = tuple[int | None, int | None, int | None, int | None]


def parse(wire: JSON) -> Usage:
    """All None when it holds no counts: Vertex says only `trafficType` until the last chunk."""
    total, output, cached, thinking = _counts(wire)
    return Usage(total, output, cached, thinking, Opaque(GEMINI, {}, wire))


def known(wire: Mapping[str, Any]) -> bool:
    """Whether it holds any counts."""
    return type(wire.get("promptTokenCount")) is int or _counts(wire)[0] is not None


def _counts(wire: Mapping[str, Any]) -> _Counts:
    """Input, output, cached, thinking."""
    prompt, tools = wire.get("promptTokenCount"), wire.get("toolUsePromptTokenCount")
    said, thoughts = wire.get("candidatesTokenCount"), wire.get("thoughtsTokenCount")
    cached = wire.get("cachedContentTokenCount")
    # Most answers have the first and the third only, and as integers.
    prompt = prompt if type(prompt) is int else _whole(prompt)
    said = said if type(said) is int else _whole(said)
    tools = None if tools is None else _whole(tools)
    thoughts = None if thoughts is None else _whole(thoughts)
    cached = None if cached is None else _whole(cached)
    if prompt is None and said is None and thoughts is None:
        return None, None, cached, None
    # A zero field is absent on the wire.
    return (prompt or 0) + (tools or 0), (said or 0) + (thoughts or 0), cached, thoughts


def _whole(value: Any) -> int | None:
    if type(value) is int:
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else None


def render(usage: Usage) -> JSON:
    """`usageMetadata`: as it came while it still says the same, else sums that add up."""
    own = mine(usage.opaque)
    said = (usage.input, usage.output, usage.cached, usage.thinking)
    if own and _counts(own.shape) == said:
        return dict(own.shape)
    thinking = usage.thinking or 0
    asked, output = usage.input or 0, usage.output or 0
    counts: JSON = {"promptTokenCount": asked}
    if usage.cached:
        counts["cachedContentTokenCount"] = usage.cached
    if output > thinking:
        counts["candidatesTokenCount"] = output - thinking
    if thinking:
        counts["thoughtsTokenCount"] = thinking
    counts["totalTokenCount"] = asked + max(output, thinking)
    return counts
