"""What the words in a name ask of each family."""

from __future__ import annotations

import pytest

from proxy import thinking
from proxy.ir import Dialect, Opaque, Reasoning

WORDS = ("max", "xhigh", "high", "medium", "low", "minimal", "none")


@pytest.mark.parametrize(
    ("model", "efforts"),
    [
        ("gpt-5", "high high high medium low minimal minimal"),
        ("gpt-5-mini-2025-08-07", "high high high medium low minimal minimal"),
        ("gpt-5-codex", "high high high medium low low low"),
        ("gpt-5-pro", "high high high high high high high"),
        ("gpt-5-chat-latest", "medium medium medium medium medium medium medium"),
        ("gpt-5.1", "high high high medium low low none"),
        ("gpt-5.1-codex", "high high high medium low low low"),
        ("gpt-5.1-codex-max", "xhigh xhigh high medium low low low"),
        ("gpt-5.2", "xhigh xhigh high medium low low none"),
        ("gpt-5.2-pro", "xhigh xhigh high medium medium medium medium"),
        ("openai/gpt-5.6-sol", "max xhigh high medium low low none"),
        ("o1", "high high high medium low low low"),
        ("o4-mini", "high high high medium low low low"),
    ],
)
def test_openais_models_get_a_level_that_they_have(model: str, efforts: str) -> None:
    said = [thinking.reasoning(model, None, word, None) for word in WORDS]
    assert [each.effort for each in said] == efforts.split()
    assert {(each.budget, each.include) for each in said} == {(None, None)}


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("gemini-2.5-pro", "max high medium low minimal"),
        ("gemini-2.5-flash", "max high medium low none"),
        ("gemini-2.5-flash-lite", "max high medium low none"),
        ("gemini-3-pro-preview", "high low"),
        ("gemini-3-flash-preview", "high medium low minimal"),
        ("google/gemini-2.5-pro", "max high medium low minimal"),
        ("claude-sonnet-4-5", "max high medium low none"),
        ("claude-opus-4-7", "max xhigh high medium low none"),
        ("claude-fable-5", "max xhigh high medium low"),
        ("claude-3-opus-20240229", ""),
        ("gpt-5", "high medium low minimal"),
        ("gpt-5.1", "high medium low none"),
        ("gpt-5-pro", ""),
        ("gpt-5-image", ""),
        ("gemini-3-pro-image", ""),
        ("gemini-2.0-flash", ""),
        ("gemini-embedding-001", ""),
        ("gemma-3-27b-it", ""),
        ("deepseek-chat", ""),
    ],
)
def test_the_choices_are_those_that_differ(model: str, words: str) -> None:
    assert thinking.choices(model) == tuple(words.split())


def test_thoughts_stay_hidden_if_the_body_hides_them() -> None:
    before = Reasoning(effort="low", include=False)
    assert thinking.reasoning("gemini-2.5-pro", before, "high", None).include is False
    assert thinking.reasoning("gemini-2.5-pro", None, "high", None).include is True
    assert thinking.reasoning("claude-opus-4-7", None, None, -1).include is True


@pytest.mark.parametrize(("effort", "budget"), [("none", None), (None, 0)])
@pytest.mark.parametrize("model", ["gemini-2.5-pro", "gemini-3-pro-preview", "claude-opus-4-7"])
def test_no_thinking_shows_no_thoughts(model: str, effort: str | None, budget: int | None) -> None:
    before = Reasoning(effort="high", include=True)
    assert thinking.reasoning(model, before, effort, budget).include is False


def test_zero_tokens_are_no_thinking_also_where_tokens_are_not_counted() -> None:
    assert thinking.reasoning("gpt-5.1", None, None, 0) == Reasoning(effort="none")


def test_a_budget_is_taken_as_it_is() -> None:
    before = Reasoning(effort="low")
    assert thinking.reasoning("gemini-2.5-pro", before, None, 8192) == Reasoning(
        budget=8192, include=True
    )


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("gemini-2.5-pro", Reasoning(effort="high", budget=32768, include=True)),
        ("gemini-3-pro-preview", Reasoning(effort="high", include=True)),
        ("deepseek-chat", Reasoning(effort="max", include=True)),
    ],
)
def test_the_most_is_said_so_that_every_service_takes_it(model: str, said: Reasoning) -> None:
    assert thinking.reasoning(model, None, "max", None) == said


def test_off_is_off_behind_an_openai_compatible_service() -> None:
    assert thinking.reasoning("google/gemini-2.5-flash", None, "none", None).effort == "none"
    assert thinking.reasoning("google/gemini-2.5-pro", None, "none", None).effort == "minimal"


@pytest.mark.parametrize(
    ("origin", "kept"),
    [
        (Dialect.OPENAI_CHAT, True),
        (Dialect.OPENAI_RESPONSES, True),
        (Dialect.ANTHROPIC, False),
        (Dialect.GEMINI, False),
    ],
)
def test_only_a_place_is_kept_of_what_the_body_said(origin: Dialect, kept: bool) -> None:
    opaque = Opaque(origin, shape={"model": "gemini-2.5-pro"})
    before = Reasoning(effort="low", opaque=opaque)
    said = thinking.reasoning("gemini-2.5-pro", before, "high", None)
    assert said.opaque == (opaque if kept else None)
