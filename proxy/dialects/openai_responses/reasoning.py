"""How much to think: `reasoning`, to and from `ir.Reasoning`."""

from __future__ import annotations

from typing import Any

from proxy.dialects.base import JSON, Loss
from proxy.dialects.openai_responses import keeping
from proxy.dialects.openai_responses.keeping import Keep
from proxy.dialects.reading import get, obj, text
from proxy.ir import Reasoning

_KNOWN = frozenset({"effort", "summary"})
_LEVELS = {0: "none", 512: "minimal", 1024: "low", 8192: "medium", 24576: "high", 32768: "xhigh"}


def parse(body: JSON) -> Reasoning | None:
    """A wish for a summary is a wish to see the thoughts."""
    box = get(body, "reasoning", obj, "")
    if not box:
        return None
    keep = Keep()
    keep.rest(box, _KNOWN)
    effort = get(box, "effort", text, "reasoning", "")
    summary = get(box, "summary", text, "reasoning", "")
    keep.shape |= {"effort": effort, "summary": summary}
    return Reasoning(
        effort=effort.lower() or None, include=True if summary else None, opaque=keep.mark()
    )


def render(reasoning: Reasoning | None, losses: list[Loss]) -> JSON | None:
    """The value of `reasoning`; None if there is nothing to say."""
    if reasoning is None:
        return None
    shape = keeping.shape(reasoning.opaque)
    out: JSON = {}
    effort = reasoning.effort
    if effort is None and reasoning.budget is not None:
        effort = _level(reasoning.budget, losses)
    if effort is not None:
        spelt = shape.get("effort", "")
        out["effort"] = spelt if spelt.lower() == effort else effort
    if reasoning.include:
        out["summary"] = shape.get("summary") or "auto"
    out = keeping.restore(out, reasoning.opaque)
    return out if out or keeping.native(reasoning.opaque) else None


def asked(box: Any) -> bool:
    """Whether this value of `reasoning` has a model think. Models that cannot refuse to be asked
    for the proof of it, so nobody is asked for one who was not told to think."""
    return isinstance(box, dict) and bool(box) and box.get("effort") != "none"


def _level(budget: int, losses: list[Loss]) -> str | None:
    """The effort for a token budget. A negative one means "as the model likes": say nothing."""
    if budget < 0:
        return None
    if budget not in _LEVELS:
        losses.append(Loss("thinking_budget", "reasoning"))
    return next((level for most, level in _LEVELS.items() if budget <= most), "xhigh")
