"""How much to think, for every generation of models."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC
from proxy.ir import (
    Choice,
    Dialect,
    FunctionTool,
    Opaque,
    Reasoning,
    Request,
    Role,
    Sampling,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)

HI = Turn(Role.USER, (Text("hi"),))
BUDGET, NEW, ALWAYS_ON = "claude-sonnet-4-5", "claude-opus-5-5", "claude-fable-5"


def render(model: str, **more: Any) -> tuple[dict[str, Any], list[str]]:
    asked: dict[str, Any] = {"model": model, "turns": (HI,), **more}
    rendered = CODEC.render_request(Request(**asked))
    body = {k: v for k, v in rendered.body.items() if k in ("thinking", "output_config")}
    return body, [loss.field for loss in rendered.losses]


def thinks(budget: int, **more: Any) -> dict[str, Any]:
    return {"thinking": {"type": "enabled", "budget_tokens": budget, **more}}


def adapts(effort: str | None = None, display: str = "summarized") -> dict[str, Any]:
    said = {"output_config": {"effort": effort}} if effort else {}
    return {"thinking": {"type": "adaptive", "display": display}, **said}


OFF = {"thinking": {"type": "disabled"}}


@pytest.mark.parametrize(
    ("model", "reasoning", "body", "lost"),
    [
        (BUDGET, Reasoning(effort="low"), thinks(1024), []),
        (BUDGET, Reasoning(effort="minimal"), thinks(1024), []),
        (BUDGET, Reasoning(effort="high"), thinks(24576), []),
        (BUDGET, Reasoning(budget=2000, include=False), thinks(2000, display="omitted"), []),
        (BUDGET, Reasoning(budget=-1), thinks(8192), []),
        (BUDGET, Reasoning(effort="none"), OFF, []),
        (BUDGET, Reasoning(budget=0), OFF, []),
        (BUDGET, Reasoning(include=True), {}, []),
        ("claude-3-opus", Reasoning(effort="low"), {}, ["reasoning"]),
        ("claude-3-opus", Reasoning(effort="none"), {}, []),
        (NEW, Reasoning(effort="medium"), adapts("medium"), []),
        (NEW, Reasoning(effort="minimal"), adapts("low"), []),
        (NEW, Reasoning(effort="xhigh"), adapts("xhigh"), []),
        ("claude-opus-4-6", Reasoning(effort="xhigh"), adapts("high"), []),
        (NEW, Reasoning(budget=-1, include=False), adapts(display="omitted"), []),
        (NEW, Reasoning(budget=24576), adapts("high"), []),
        (NEW, Reasoning(budget=3000), adapts("medium"), ["thinking_budget"]),
        (NEW, Reasoning(budget=0), OFF, []),
        ("claude-opus-4-7", Reasoning(budget=0), {}, []),
        (ALWAYS_ON, Reasoning(budget=0), {"output_config": {"effort": "low"}}, ["reasoning"]),
    ],
)
def test_a_wish_is_fitted_to_the_model(
    model: str, reasoning: Reasoning, body: Any, lost: list[str]
) -> None:
    assert render(model, reasoning=reasoning) == (body, lost)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(4000, (thinks(3999), [])), (1025, (thinks(1024), [])), (1024, ({}, ["reasoning"]))],
)
def test_a_budget_stays_below_the_limit(limit: int, expected: Any) -> None:
    sampling = Sampling(max_tokens=limit)
    assert render(BUDGET, reasoning=Reasoning(effort="medium"), sampling=sampling) == expected


def test_a_forced_call_leaves_no_room_for_thoughts() -> None:
    forced = {"tools": (FunctionTool("f"),), "tool_choice": ToolChoice(Choice.REQUIRED)}
    assert render(BUDGET, reasoning=Reasoning(effort="low"), **forced) == ({}, ["reasoning"])


def tool_loop(*before: Any) -> tuple[Turn, ...]:
    call, answer = ToolCall("c", "f"), ToolResult("c", (Text("x"),))
    return (HI, Turn(Role.MODEL, (*before, call)), Turn(Role.USER, (answer,)))


def test_a_tool_loop_without_thoughts_goes_on_without() -> None:
    low = Reasoning(effort="low")
    assert render(BUDGET, reasoning=low, turns=tool_loop()) == ({}, ["reasoning"])
    assert render(NEW, reasoning=low, turns=tool_loop()) == (adapts("low"), [])
    proof = Signature(Dialect.ANTHROPIC, "EqoB")
    thought = Thinking("hm", proof)
    assert render(BUDGET, reasoning=low, turns=tool_loop(thought)) == (thinks(1024), [])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"thinking": {"type": "enabled", "budget_tokens": 5000}}, (None, 5000, None)),
        ({"thinking": {"type": "disabled"}}, (None, 0, None)),
        ({"thinking": {"type": "adaptive", "display": "omitted"}}, (None, -1, False)),
        ({"thinking": {"type": "between_tools"}}, (None, -1, None)),
        (
            {
                "thinking": {"type": "adaptive", "display": "summarized"},
                "output_config": {"effort": "max"},
            },
            ("max", -1, True),
        ),
        ({"output_config": {"effort": "Low"}}, ("low", None, None)),
    ],
)
def test_what_a_client_says_is_understood(body: Any, expected: Any) -> None:
    asked = {"model": BUDGET, "messages": [{"role": "user", "content": "x"}], **body}
    reasoning = CODEC.parse_request(asked).reasoning
    assert reasoning is not None
    assert (reasoning.effort, reasoning.budget, reasoning.include) == expected


def test_no_word_about_thinking_is_none() -> None:
    asked = {"model": BUDGET, "messages": [{"role": "user", "content": "x"}], "thinking": None}
    assert CODEC.parse_request(asked).reasoning is None


def test_a_wish_made_for_another_family_is_fitted() -> None:
    own = Opaque(Dialect.ANTHROPIC, shape={"type": "enabled", "budget": 8192, "model": BUDGET})
    body, _ = render(NEW, reasoning=Reasoning(budget=8192, opaque=own))
    assert body == adapts("medium")
    body, _ = render(BUDGET, reasoning=Reasoning(budget=9000, opaque=own))
    assert body == thinks(9000)
