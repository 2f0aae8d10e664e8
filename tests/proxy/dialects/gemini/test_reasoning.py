from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.gemini import reasoning
from proxy.ir import Reasoning

SHOWN = {"includeThoughts": True}


@pytest.mark.parametrize(
    ("model", "said", "config"),
    [
        ("gemini-2.5-pro", Reasoning(effort="none"), {"thinkingBudget": 128} | SHOWN),
        ("gemini-2.5-pro", Reasoning(effort="max"), {"thinkingBudget": 32768} | SHOWN),
        ("gemini-2.5-flash", Reasoning(effort="max"), {"thinkingBudget": 24576} | SHOWN),
        ("gemini-2.5-flash", Reasoning(effort="none"), {"thinkingBudget": 0}),
        ("gemini-2.5-flash", Reasoning(budget=-1), {"thinkingBudget": -1} | SHOWN),
        ("gemini-2.5-flash-lite", Reasoning(budget=1), {"thinkingBudget": 512} | SHOWN),
        ("gemini-2.5-flash", Reasoning(include=True), SHOWN),
        ("gemini-2.5-flash", Reasoning(include=False), None),
        (
            "gemini-2.5-flash",
            Reasoning(effort="low", include=False),
            {"thinkingBudget": 1024, "includeThoughts": False},
        ),
        ("gemini-3-pro-preview", Reasoning(effort="none"), {"thinkingLevel": "LOW"} | SHOWN),
        ("gemini-3-pro-preview", Reasoning(effort="medium"), {"thinkingLevel": "HIGH"} | SHOWN),
        ("gemini-3-flash-preview", Reasoning(effort="none"), {"thinkingLevel": "MINIMAL"} | SHOWN),
        ("gemini-3.5-flash", Reasoning(budget=8192), {"thinkingLevel": "MEDIUM"} | SHOWN),
        ("gemini-3.5-flash", Reasoning(budget=31999), {"thinkingLevel": "HIGH"} | SHOWN),
        ("gemini-3.5-flash", Reasoning(budget=-1), SHOWN),
        ("gemini-flash-latest", Reasoning(effort="xhigh"), {"thinkingLevel": "HIGH"} | SHOWN),
    ],
    ids=str,
)
def test_efforts_and_budgets_fit_the_family(
    model: str, said: Reasoning, config: dict[str, Any] | None
) -> None:
    losses: list[Loss] = []
    assert reasoning.render(said, model, losses) == config
    stubborn = said.effort == "none" and config != {"thinkingBudget": 0}
    assert losses == ([Loss("reasoning", "reasoning")] if stubborn else [])


@pytest.mark.parametrize(
    "model", ["gemini-2.0-flash", "gemini-1.5-pro", "gemma-3", "gemini-2.5-flash-image"]
)
def test_a_model_that_does_not_think_is_not_told_to(model: str) -> None:
    losses: list[Loss] = []
    assert reasoning.render(Reasoning(effort="high"), model, losses) is None
    assert losses == [Loss("reasoning", "reasoning")]
    assert reasoning.render(Reasoning(effort="none"), model, losses := []) is None
    assert losses == []


def test_geminis_own_words_are_fitted_when_the_family_changes() -> None:
    from proxy.dialects.gemini.fields import Reader

    said = reasoning.parse(Reader({"thinkingLevel": "low"}, ""), "gemini-3-pro-preview")
    assert reasoning.render(said, "gemini-3-pro-preview", []) == {"thinkingLevel": "low"}
    fitted = reasoning.render(said, "gemini-2.5-pro", [])
    assert fitted == {"thinkingBudget": 1024, "includeThoughts": True}
