"""How much a model can be told to think, by its name. Pure.

What the words of a name's suffix mean differs a little from the efforts of a request's body
(`-high` is 16000 tokens on Gemini 2.5, an effort "high" is 24576), so the meaning is decided here,
for the model that is asked; the dialects fit it into the model's bounds. Claude's levels are those
of its dialect.

OpenAI's levels per model: the `reasoning_effort` reference of its API, and its errors
("Supported values are: …") of gpt-5 to gpt-5.6.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from proxy.dialects.anthropic import families as claude
from proxy.dialects.gemini import families as gemini
from proxy.ir import Dialect, Reasoning

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

# Gemini: tokens for 2.5, a level for 3 and later.
_GEMINI = {
    "none": (0, "minimal"),
    "minimal": (0, "minimal"),
    "low": (1024, "low"),
    "medium": (8192, "medium"),
    "high": (16000, "high"),
    "xhigh": (32768, "high"),
    "max": (32768, "high"),
}

_CLAUDE = re.compile(r"\bclaude-")
_GPT = re.compile(r"gpt-([5-9]|1\d)(?:\.(\d+))?(?![\w.])")
_O = re.compile(r"o[1-9](?![\w.])")

# What they kept beside the words on thinking is needed to write these where they stood.
_PLACED = frozenset({Dialect.OPENAI_CHAT, Dialect.OPENAI_RESPONSES})


def knows(model: str) -> bool:
    """Whether `-high` and the like, at the end of this name, are about thinking."""
    name = _last(model)
    thinks = gemini.family(name).thinks is not gemini.Thinks.NOT
    return thinks or bool(_CLAUDE.search(name) or _openai(name))


def choices(model: str) -> tuple[str, ...]:
    """The efforts that make a difference to this model, the most first.

    "none" is among them only if the model can do without thinking; empty if nothing is known.
    """
    name = _last(model)
    if "image" in name:
        return ()
    if efforts := _openai(name):
        return efforts[::-1] if len(efforts) > 1 else ()
    return _claudes(name) if _CLAUDE.search(name) else _geminis(gemini.family(name))


def reasoning(
    model: str, before: Reasoning | None, effort: str | None, budget: int | None
) -> Reasoning:
    """What to ask of `model` when its name says `effort` or `budget`, and its body `before`.

    The name beats the body, and Gemini's or Anthropic's own object in the body is replaced as a
    whole. Thoughts are shown unless the body says no, or there shall be none.
    """
    name = _last(model)
    before = before or Reasoning()
    if budget == 0:
        effort = "none"
    include = before.include
    efforts = _openai(name)
    if not efforts:
        # OpenAI's own models never tell their thoughts, and a summary must be allowed to the
        # caller's organisation: that stays what the body asked for.
        include = effort != "none" and include is not False
    opaque = before.opaque if before.opaque and before.opaque.origin in _PLACED else None
    if effort is None:
        return Reasoning(budget=budget, include=include, opaque=opaque)
    if efforts:
        return Reasoning(effort=_nearest(effort, efforts), include=include, opaque=opaque)
    level, tokens = _fitted(gemini.family(name), effort)
    # A service that took tokens in the body must not be told a level beside them.
    both = tokens is not None and before.budget is not None
    said = None if both else level
    return Reasoning(effort=said, budget=tokens, include=include, opaque=opaque)


def _fitted(family: gemini.Family, effort: str) -> tuple[str, int | None]:
    """The level, and the budget where there is one. Behind an OpenAI-compatible endpoint a model
    with a budget is told the level, so that has to be right as well."""
    budget, level = _GEMINI[effort]
    match family.thinks:
        case gemini.Thinks.NOT:
            return effort, None
        case gemini.Thinks.LEVEL:
            return level, None
        case gemini.Thinks.BUDGET:
            return "none" if budget == 0 and family.off else level, budget


def _geminis(family: gemini.Family) -> tuple[str, ...]:
    if family.thinks is gemini.Thinks.BUDGET:
        return ("max", "high", "medium", "low", "none" if family.off else "minimal")
    return family.levels[::-1]


def _claudes(name: str) -> tuple[str, ...]:
    family = claude.family(name)
    if family.thinks is claude.Thinks.NOT:
        return ()
    efforts = family.efforts or ("low", "medium", "high", "max")
    return (*efforts[::-1], *(() if family.off is claude.Off.NEVER else ("none",)))


def _openai(name: str) -> tuple[str, ...]:
    """The efforts that a model of OpenAI takes, the least first; () for other models."""
    found = _GPT.match(name)
    if not (found or _O.match(name)):
        return ()
    if "-chat" in name or "-deep-research" in name:
        return ("medium",)
    return _gpts(name, found) if found else ("low", "medium", "high")


def _gpts(name: str, found: re.Match[str]) -> tuple[str, ...]:
    version = (int(found[1]), int(found[2] or 0))
    efforts = ["none", "low", "medium", "high"] if version >= (5, 1) else list(EFFORTS[1:5])
    if version >= (5, 2) or "-codex-max" in name:
        efforts.append("xhigh")
    if version >= (5, 6):
        efforts.append("max")
    if "-codex" in name:
        # These always think.
        return tuple(efforts[1:])
    if "-pro" in name:
        return tuple(efforts[2:]) if version >= (5, 2) else ("high",)
    return tuple(efforts)


def _nearest(effort: str, efforts: Sequence[str]) -> str:
    """The closest of `efforts`; of two the one that thinks more."""
    place = EFFORTS.index(effort)
    return min(reversed(efforts), key=lambda each: abs(EFFORTS.index(each) - place))


def _last(model: str) -> str:
    """The name without providers and paths before it."""
    return model.rpartition("/")[2].lower()
