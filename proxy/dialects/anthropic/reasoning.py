"""How much to think: `thinking` and `output_config.effort` ↔ `ir.Reasoning`.

Models up to 4.5 take a budget (at least 1024 tokens, below `max_tokens`), later ones decide
themselves and take an effort (`families.py`).
"""

from __future__ import annotations

from typing import NamedTuple

from proxy.dialects import reading
from proxy.dialects.anthropic.choice import forced
from proxy.dialects.anthropic.families import Family, Off, Thinks, family
from proxy.dialects.anthropic.fields import ORIGIN, Reader, Writer, mine
from proxy.dialects.base import JSON, Loss
from proxy.ir import Opaque, Reasoning, Request, Role, Signature, Thinking, ToolCall, Turn

DYNAMIC = -1
LEAST = 1024

# What the levels mean in tokens.
BUDGETS = {
    "none": 0,
    "minimal": 512,
    "low": 1024,
    "medium": 8192,
    "high": 24576,
    "xhigh": 32768,
    "max": 32768,
}
_LEVELS = ((1024, "low"), (8192, "medium"))
_NEAREST = {"minimal": "low", "xhigh": "high"}
_DISPLAYS = {"omitted": False, "summarized": True}
_KINDS = {"disabled": 0, "adaptive": DYNAMIC, "between_tools": DYNAMIC}


class Plan(NamedTuple):
    """What a request says about thinking. `on`: thinks by a budget or by itself."""

    thinking: JSON | None = None
    effort: str | None = None
    on: bool = False
    budget: int = 0


def parse(reader: Reader | None, settings: Reader | None, model: str) -> Reasoning | None:
    """`reader` is of `thinking`, `settings` of `output_config`."""
    effort = _effort(settings)
    if reader is None:
        return None if effort is None else Reasoning(effort=effort, opaque=_mark(model))
    kind = reader.need("type", reading.text)
    if kind == "enabled":
        budget = reader.get("budget_tokens", reading.integer)
        if budget is None:
            budget = DYNAMIC
            reader.usual("budget_tokens", budget)
    else:
        budget = _KINDS.get(kind, DYNAMIC)
    display = reader.get("display", reading.text)
    include = _DISPLAYS.get(display or "")
    if display is not None:
        reader.memo("display", display, include)
    opaque = reader.opaque(type=kind, budget=budget, model=model)
    return Reasoning(effort=effort, budget=budget, include=include, opaque=opaque)


def _mark(model: str) -> Opaque:
    return Opaque(ORIGIN, shape={"model": model})


def _effort(settings: Reader | None) -> str | None:
    if settings is None:
        return None
    said = settings.get("effort", reading.text)
    effort = said.lower() if said is not None and said.lower() in BUDGETS else None
    if said is not None:
        settings.memo("effort", said, effort)
    return effort


def plan(request: Request, limit: int | None, losses: list[Loss]) -> Plan:
    """`limit` is the caller's `max_tokens`, None if it said none."""
    reasoning = request.reasoning
    if reasoning is None:
        return Plan()
    target = family(request.model)
    own = mine(reasoning.opaque)
    if own and family(own.shape["model"]) == target:
        return _verbatim(reasoning, own)
    wished = _wished(reasoning, target, limit, losses)
    if wished.on and (forced(request.tool_choice) or _midway(request.turns, target)):
        losses.append(Loss("reasoning", "reasoning"))
        return Plan(effort=wished.effort)
    return wished


def _verbatim(reasoning: Reasoning, own: Opaque) -> Plan:
    kind = own.shape.get("type")
    if kind is None:
        return Plan(effort=reasoning.effort)
    if reasoning.budget != own.shape["budget"]:
        kind = "disabled" if reasoning.budget == 0 else "enabled"
    writer = Writer(own)
    writer.put("type", kind)
    if kind == "enabled":
        writer.put("budget_tokens", reasoning.budget)
    writer.put("display", reasoning.include)
    return Plan(writer.done(), reasoning.effort)


def _wished(reasoning: Reasoning, target: Family, limit: int | None, losses: list[Loss]) -> Plan:
    budget = reasoning.budget
    if budget is None and reasoning.effort is not None:
        budget = BUDGETS.get(reasoning.effort)
    if budget is None:
        return Plan()
    if budget == 0:
        return _off(target, losses)
    match target.thinks:
        case Thinks.NOT:
            losses.append(Loss("reasoning", "reasoning"))
            return Plan()
        case Thinks.BUDGET:
            return _budgeted(reasoning, budget, limit, losses)
        case Thinks.ADAPTIVE:
            return _adaptive(reasoning, budget, target, losses)


def _off(target: Family, losses: list[Loss]) -> Plan:
    match target.off:
        case Off.SAID:
            return Plan({"type": "disabled"})
        case Off.UNSAID:
            return Plan()
        case Off.NEVER:
            losses.append(Loss("reasoning", "reasoning"))
            return Plan(effort="low")


def _budgeted(reasoning: Reasoning, budget: int, limit: int | None, losses: list[Loss]) -> Plan:
    budget = max(budget if budget > 0 else BUDGETS["medium"], LEAST)
    if limit is not None:
        budget = min(budget, limit - 1)
    if budget < LEAST:
        losses.append(Loss("reasoning", "reasoning"))
        return Plan()
    thinking: JSON = {"type": "enabled", "budget_tokens": budget}
    if reasoning.include is False:
        thinking["display"] = "omitted"
    return Plan(thinking, on=True, budget=budget)


def _adaptive(reasoning: Reasoning, budget: int, target: Family, losses: list[Loss]) -> Plan:
    effort = reasoning.effort
    if effort is None and budget > 0:
        if budget not in BUDGETS.values():
            losses.append(Loss("thinking_budget", "reasoning"))
        effort = next((level for most, level in _LEVELS if budget <= most), "high")
    if effort not in target.efforts:
        effort = _NEAREST.get(effort or "")
    # The newest models show nothing unless asked.
    display = "omitted" if reasoning.include is False else "summarized"
    return Plan({"type": "adaptive", "display": display}, effort, on=True)


def _midway(turns: tuple[Turn, ...], target: Family) -> bool:
    """Whether the last words of the model called a tool without a thought of Anthropic's before:
    with a budget set, Anthropic refuses to go on from there."""
    if target.thinks is not Thinks.BUDGET:
        return False
    last = next((turn for turn in reversed(turns) if turn.role is Role.MODEL), None)
    if last is None or not any(isinstance(part, ToolCall) for part in last.parts):
        return False
    first = last.parts[0]
    proof: Signature | None = first.signature if isinstance(first, Thinking) else None
    return proof is None or proof.origin is not ORIGIN
