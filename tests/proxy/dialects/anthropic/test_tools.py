"""Tools and the choice among them."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC
from proxy.ir import (
    Builtin,
    BuiltinTool,
    CustomTool,
    Dialect,
    ForeignTool,
    FunctionTool,
    Opaque,
    Request,
    Role,
    Text,
    Tool,
    Turn,
)

HI = Turn(Role.USER, (Text("hi"),))
F = FunctionTool("f", "does f", {"type": "object"})


def render(*tools: Tool, **more: Any) -> tuple[dict[str, Any], list[str]]:
    asked: dict[str, Any] = {"model": "claude-sonnet-4-5", "turns": (HI,), "tools": tools, **more}
    rendered = CODEC.render_request(Request(**asked))
    return rendered.body, [loss.field for loss in rendered.losses]


FREE = {"type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"]}


@pytest.mark.parametrize(
    ("tool", "wire", "lost"),
    [
        (F, {"name": "f", "description": "does f", "input_schema": {"type": "object"}}, []),
        (
            FunctionTool("f", schema={"properties": {}}, strict=True),
            {"name": "f", "input_schema": {"type": "object", "properties": {}}, "strict": True},
            [],
        ),
        (
            FunctionTool("f", schema={"type": "object"}, strict=False),
            {"name": "f", "input_schema": {"type": "object"}},
            [],
        ),
        (CustomTool("f", "d"), {"name": "f", "description": "d", "input_schema": FREE}, []),
        (CustomTool("f", format={}), {"name": "f", "input_schema": FREE}, ["format"]),
        (BuiltinTool(Builtin.SEARCH), {"type": "web_search_20250305", "name": "web_search"}, []),
        (
            BuiltinTool(Builtin.CODE),
            {"type": "code_execution_20250825", "name": "code_execution"},
            [],
        ),
        (BuiltinTool(Builtin.URL_CONTEXT), {"type": "web_fetch_20250910", "name": "web_fetch"}, []),
    ],
)
def test_a_tool_of_another_dialect(tool: Tool, wire: Any, lost: list[str]) -> None:
    body, losses = render(tool)
    assert body["tools"] == [wire]
    assert losses == lost


def test_a_tool_that_only_its_origin_knows_is_lost() -> None:
    body, losses = render(ForeignTool(Opaque(Dialect.GEMINI, {"fileSearch": {}})))
    assert "tools" not in body
    assert losses == ["fileSearch"]


def test_an_old_model_gives_no_guarantee() -> None:
    _, losses = render(FunctionTool("f", strict=True), model="claude-3-5-haiku-latest")
    assert losses == ["strict"]


def parse(**more: Any) -> Request:
    return CODEC.parse_request(
        {"model": "m", "messages": [{"role": "user", "content": "x"}], **more}
    )


def test_the_clients_tools_are_functions() -> None:
    tool = parse(tools=[{"type": "custom", "name": "f", "input_schema": {}}]).tools[0]
    assert isinstance(tool, FunctionTool)
    assert (tool.name, tool.schema) == ("f", {})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("web_search_20260318", Builtin.SEARCH),
        ("code_execution_20260120", Builtin.CODE),
        ("web_fetch_20250910", Builtin.URL_CONTEXT),
        ("bash_20250124", None),
        ("tool_search_tool_bm25_20251119", None),
    ],
)
def test_server_tools_are_known_by_their_type(kind: str, expected: Builtin | None) -> None:
    tool = parse(tools=[{"type": kind, "name": "x", "max_uses": 2}]).tools[0]
    assert getattr(tool, "kind", None) is expected
    assert tool.opaque is not None
    assert tool.opaque.data["max_uses"] == 2
