"""How much to think, wherever it is said."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.openai_chat import reasoning
from proxy.ir import Reasoning


def google(**config: Any) -> dict[str, Any]:
    return {"extra_body": {"google": {"thinking_config": config}}}


@pytest.mark.parametrize(
    ("body", "effort", "budget", "include"),
    [
        ({"reasoning_effort": "HIGH"}, "high", None, None),
        ({"reasoning": {"effort": "low", "exclude": True}}, "low", None, False),
        ({"reasoning": {"max_tokens": 9}}, None, 9, None),
        (google(thinking_budget=-1, include_thoughts=True), None, -1, True),
        (google(thinking_level="LOW"), "low", None, None),
        ({"reasoning_effort": "low", "reasoning": {"effort": "high"}}, "low", None, None),
    ],
    ids=["openai", "openrouter", "budget", "google", "level", "both"],
)
def test_every_place_is_read(
    body: dict[str, Any], effort: str | None, budget: int | None, include: bool | None
) -> None:
    said, rest = reasoning.parse(body)
    assert said is not None
    assert (said.effort, said.budget, said.include) == (effort, budget, include)
    assert reasoning.render(said, rest, []) == body


@pytest.mark.parametrize(
    ("budget", "effort", "lost"),
    [
        (0, "none", []),
        (512, "minimal", []),
        (1024, "low", []),
        (5000, "medium", ["thinking_budget"]),
        (24576, "high", []),
        (10**6, "xhigh", ["thinking_budget"]),
    ],
)
def test_a_budget_of_another_dialect_is_an_effort(
    budget: int, effort: str, lost: list[str]
) -> None:
    losses: list[Loss] = []
    assert reasoning.render(Reasoning(budget=budget), {}, losses) == {"reasoning_effort": effort}
    assert [loss.field for loss in losses] == lost


def test_as_the_model_likes_needs_no_word() -> None:
    assert reasoning.render(Reasoning(budget=-1, include=True), {}, []) == {}


def test_hidden_thoughts_cannot_be_asked_for() -> None:
    losses: list[Loss] = []
    assert reasoning.render(Reasoning(include=False), {}, losses) == {}
    assert losses == [Loss("include_thoughts", "reasoning")]
