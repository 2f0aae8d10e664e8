"""`tool_choice`, read and written."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.ir import Choice, ToolChoice
from tests.proxy.dialects.anthropic.test_tools import F, parse, render


@pytest.mark.parametrize(
    ("choice", "parallel", "wire", "lost"),
    [
        (ToolChoice(Choice.AUTO), None, {"type": "auto"}, []),
        (ToolChoice(Choice.NONE), False, {"type": "none"}, []),
        (ToolChoice(Choice.REQUIRED), None, {"type": "any"}, []),
        (ToolChoice(Choice.REQUIRED, ("f",)), None, {"type": "tool", "name": "f"}, []),
        (ToolChoice(Choice.REQUIRED, ("f", "g")), None, {"type": "any"}, ["allowed_tools"]),
        (ToolChoice(Choice.AUTO, ("f",)), None, {"type": "auto"}, ["allowed_tools"]),
        (None, True, None, []),
        (None, False, {"type": "auto", "disable_parallel_tool_use": True}, []),
        (
            ToolChoice(Choice.REQUIRED),
            False,
            {"type": "any", "disable_parallel_tool_use": True},
            [],
        ),
    ],
)
def test_a_choice_of_another_dialect(
    choice: ToolChoice | None, parallel: bool | None, wire: Any, lost: list[str]
) -> None:
    body, losses = render(F, tool_choice=choice, parallel_calls=parallel)
    assert body.get("tool_choice") == wire
    assert losses == lost


@pytest.mark.parametrize(("mode", "lost"), [(Choice.AUTO, []), (Choice.REQUIRED, ["tool_choice"])])
def test_there_is_no_choice_among_no_tools(mode: Choice, lost: list[str]) -> None:
    body, losses = render(tool_choice=ToolChoice(mode), parallel_calls=False)
    assert "tool_choice" not in body
    assert losses == lost


@pytest.mark.parametrize(
    ("wire", "mode", "names", "parallel"),
    [
        ({"type": "auto"}, Choice.AUTO, (), None),
        ({"type": "any", "disable_parallel_tool_use": True}, Choice.REQUIRED, (), False),
        ({"type": "tool", "name": "f"}, Choice.REQUIRED, ("f",), None),
        ({"type": "none"}, Choice.NONE, (), None),
        ({"type": "auto", "disable_parallel_tool_use": False}, Choice.AUTO, (), True),
        ({"type": "new"}, Choice.AUTO, (), None),
    ],
)
def test_a_choice_is_read(wire: Any, mode: Choice, names: Any, parallel: bool | None) -> None:
    request = parse(tool_choice=wire)
    assert request.tool_choice is not None
    assert (request.tool_choice.mode, request.tool_choice.names) == (mode, names)
    assert request.parallel_calls is parallel
