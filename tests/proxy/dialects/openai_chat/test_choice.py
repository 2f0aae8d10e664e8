"""The choice among tools."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import choice
from proxy.errors import GatewayError
from proxy.ir import Choice, CustomTool, Request, ToolChoice

NAMED = {"type": "function", "function": {"name": "f"}}
ALLOWED = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [NAMED]}}


@pytest.mark.parametrize(
    ("wire", "mode", "names"),
    [
        ("auto", Choice.AUTO, ()),
        ("none", Choice.NONE, ()),
        ("required", Choice.REQUIRED, ()),
        ("any", Choice.REQUIRED, ()),
        (NAMED, Choice.REQUIRED, ("f",)),
        ({"type": "custom", "custom": {"name": "f"}}, Choice.REQUIRED, ("f",)),
        (ALLOWED, Choice.REQUIRED, ("f",)),
    ],
    ids=["auto", "none", "required", "any", "function", "custom", "allowed"],
)
def test_a_choice_is_read(wire: Any, mode: Choice, names: tuple[str, ...]) -> None:
    parsed = choice.parse({"tool_choice": wire})
    assert parsed is not None
    assert (parsed.mode, parsed.names) == (mode, names)


@pytest.mark.parametrize(
    ("said", "wire"),
    [
        (ToolChoice(Choice.AUTO), "auto"),
        (ToolChoice(Choice.NONE, ("f",)), "none"),
        (ToolChoice(Choice.REQUIRED, ("f",)), NAMED),
        (ToolChoice(Choice.REQUIRED, ("p",)), {"type": "custom", "custom": {"name": "p"}}),
        (
            ToolChoice(Choice.AUTO, ("f",)),
            {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [NAMED]}},
        ),
    ],
    ids=["auto", "none", "function", "custom", "allowed"],
)
def test_a_choice_of_another_dialect_is_written(said: ToolChoice, wire: Any) -> None:
    request = Request(model="m", turns=(), tools=(CustomTool("p"),), tool_choice=said)
    assert choice.render(request) == {"tool_choice": wire}


@pytest.mark.parametrize("wire", ["auto", "none", {"name": "f"}], ids=["auto", "none", "named"])
def test_the_old_field_stays_the_old_field(wire: Any) -> None:
    request = Request(model="m", turns=(), tool_choice=choice.parse({"function_call": wire}))
    assert choice.render(request) == {"function_call": wire}


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(GatewayError, match="tool_choice must be"):
        choice.parse({"tool_choice": "maybe"})
