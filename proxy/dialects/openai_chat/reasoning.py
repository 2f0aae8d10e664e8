"""How much to think: three places in a Chat body, one `ir.Reasoning`.

`reasoning_effort` is OpenAI's, `reasoning` OpenRouter's, `extra_body.google.thinking_config` that
of Google's own OpenAI-compatible endpoint. The first place that says something counts; what the
others say stays where it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.dialects.base import JSON, Loss
from proxy.dialects.openai_chat import keeping
from proxy.dialects.openai_chat.keeping import Keep, Path
from proxy.dialects.reading import Kind, flag, integer, text
from proxy.ir import Reasoning

_GOOGLE = ("extra_body", "google", "thinking_config")
_EXCLUDE = ("reasoning", "exclude")
_PLACES: Mapping[str, tuple[Path, ...]] = {
    "effort": (("reasoning_effort",), ("reasoning", "effort"), (*_GOOGLE, "thinking_level")),
    "budget": (("reasoning", "max_tokens"), (*_GOOGLE, "thinking_budget")),
    "include": (_EXCLUDE, (*_GOOGLE, "include_thoughts")),
}
_FIELDS = frozenset(path[0] for places in _PLACES.values() for path in places)
_KINDS: Mapping[str, Kind[Any]] = {"effort": text, "budget": integer, "include": flag}

_LEVELS = {0: "none", 512: "minimal", 1024: "low", 8192: "medium", 24576: "high", 32768: "xhigh"}


def parse(body: JSON) -> tuple[Reasoning | None, JSON]:
    """What the body says about thinking, and the body without it."""
    if _FIELDS.isdisjoint(body):
        return None, body
    keep = Keep()
    said: JSON = {}
    for name, places in _PLACES.items():
        path = next((path for path in places if keeping.pick(body, path) is not None), None)
        if path is None:
            continue
        value = _KINDS[name](keeping.pick(body, path), ".".join(path))
        keep.shape[name] = path
        if name == "effort" and value != value.lower():
            keep.shape["spelt"] = value
        said[name] = _turned(name, path, value)
        body = keeping.without(body, path)
    return (Reasoning(**said, opaque=keep.mark()) if said else None), body


def _turned(name: str, path: Path, value: Any) -> Any:
    if name == "effort":
        return value.lower()
    return not value if path == _EXCLUDE else value


def render(reasoning: Reasoning | None, body: JSON, losses: list[Loss]) -> JSON:
    """The body with the thinking in it, each thing where it was said."""
    if reasoning is None:
        return body
    shape = keeping.shape(reasoning.opaque)
    effort = reasoning.effort
    if reasoning.budget is not None and "budget" in shape:
        body = keeping.plant(body, shape["budget"], reasoning.budget)
    elif reasoning.budget is not None and effort is None:
        effort = _level(reasoning.budget, losses)
    if effort is not None:
        spelt = shape.get("spelt", "")
        place = shape.get("effort", ("reasoning_effort",))
        body = keeping.plant(body, place, spelt if spelt.lower() == effort else effort)
    if reasoning.include is not None and "include" in shape:
        path = shape["include"]
        body = keeping.plant(body, path, _turned("include", path, reasoning.include))
    elif reasoning.include is False:
        losses.append(Loss("include_thoughts", "reasoning"))
    return body


def _level(budget: int, losses: list[Loss]) -> str | None:
    """The effort for a token budget. A negative one means "as the model likes": say nothing."""
    if budget < 0:
        return None
    if budget not in _LEVELS:
        losses.append(Loss("thinking_budget", "reasoning"))
    return next((level for most, level in _LEVELS.items() if budget <= most), "xhigh")
