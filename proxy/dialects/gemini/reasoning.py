"""How much to think: efforts and budgets ↔ `thinkingConfig`.

Gemini 2.5 takes `thinkingBudget`, 3.x takes `thinkingLevel`; both at once is a 400.
"""

from __future__ import annotations

from proxy.dialects import reading
from proxy.dialects.base import JSON, Loss
from proxy.dialects.gemini import enums
from proxy.dialects.gemini.families import Family, Thinks, family
from proxy.dialects.gemini.fields import Reader, Writer, mine
from proxy.ir import Reasoning

DYNAMIC = -1

BUDGETS = {
    "none": 0,
    "minimal": 512,
    "low": 1024,
    "medium": 8192,
    "high": 24576,
    "xhigh": 32768,
    "max": 32768,
}

# Up to this many tokens, a budget is closest to that level.
_LEVELS = ((512, "minimal"), (4096, "low"), (16384, "medium"))

_NEAREST = {"none": "minimal", "xhigh": "high", "max": "high"}
_FALLBACK = {"minimal": "low", "medium": "high"}


def parse(reader: Reader | None, model: str) -> Reasoning | None:
    if reader is None:
        return None
    level = reader.get("thinkingLevel", enums.word)
    effort = level.lower() if isinstance(level, str) and level.lower() in BUDGETS else None
    if level is not None:
        reader.memo("thinkingLevel", level, effort and effort.upper())
    return Reasoning(
        effort=effort,
        budget=reader.get("thinkingBudget", reading.integer),
        include=reader.get("includeThoughts", reading.flag),
        opaque=reader.opaque(model=model),
    )


def render(reasoning: Reasoning | None, model: str, losses: list[Loss]) -> JSON | None:
    """The `thinkingConfig`, None for none."""
    if reasoning is None:
        return None
    target = family(model)
    own = mine(reasoning.opaque)
    if own and family(own.shape["model"]) == target:
        return _verbatim(reasoning)
    wanted = reasoning.effort is not None or reasoning.budget is not None
    match target.thinks:
        case Thinks.NOT:
            if wanted and not _off(reasoning):
                losses.append(Loss("reasoning", "reasoning"))
            return None
        case Thinks.BUDGET:
            config = _budgeted(reasoning, target)
        case Thinks.LEVEL:
            config = _levelled(reasoning, target)
    if _off(reasoning) and config.get("thinkingBudget") != 0:
        # These models always think.
        losses.append(Loss("reasoning", "reasoning"))
    return _shown(config, reasoning.include)


def _verbatim(reasoning: Reasoning) -> JSON:
    writer = Writer(reasoning.opaque)
    writer.put("thinkingLevel", reasoning.effort and reasoning.effort.upper())
    writer.put("thinkingBudget", reasoning.budget)
    writer.put("includeThoughts", reasoning.include)
    return writer.done()


def _off(reasoning: Reasoning) -> bool:
    return reasoning.budget == 0 or (reasoning.budget is None and reasoning.effort == "none")


def _budgeted(reasoning: Reasoning, target: Family) -> JSON:
    budget = reasoning.budget
    if budget is None:
        budget = BUDGETS.get(reasoning.effort or "")
    if budget is None:
        return {}
    if budget < 0:
        return {"thinkingBudget": DYNAMIC}
    if budget == 0 and target.off:
        return {"thinkingBudget": 0}
    return {"thinkingBudget": min(max(budget, target.least), target.most)}


def _levelled(reasoning: Reasoning, target: Family) -> JSON:
    level = reasoning.effort
    if level is None:
        level = _level(reasoning.budget)
    if level is None:
        return {}
    level = _NEAREST.get(level, level)
    if level not in target.levels:
        level = _FALLBACK.get(level)
    return {"thinkingLevel": level.upper()} if level else {}


def _level(budget: int | None) -> str | None:
    if budget is None or budget < 0:
        return None
    return next((level for most, level in _LEVELS if budget <= most), "high")


def _shown(config: JSON, include: bool | None) -> JSON | None:
    """Thoughts are shown unless the client said no; Vertex refuses the flag without thinking."""
    if config.get("thinkingBudget") != 0:
        if include is not False:
            config["includeThoughts"] = True
        elif config:
            config["includeThoughts"] = False
    return config or None
