"""Tool definitions, read and written."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.openai_chat import tools
from proxy.ir import Builtin, BuiltinTool, CustomTool, Dialect, ForeignTool, FunctionTool, Opaque

F = {"name": "f", "description": "d", "parameters": {"type": "object"}, "strict": True}


def test_a_function_is_read() -> None:
    (tool,) = tools.parse({"tools": [{"type": "function", "function": F}]})
    assert tool == FunctionTool("f", "d", {"type": "object"}, True)


def test_an_old_function_remembers_where_it_was() -> None:
    parsed = tools.parse({"functions": [F]})
    assert tools.legacy(parsed)
    assert tools.render(parsed, []) == {"functions": [F]}


def test_a_custom_tool_keeps_its_grammar() -> None:
    inner = {"name": "patch", "format": {"type": "grammar"}}
    (tool,) = tools.parse({"tools": [{"type": "custom", "custom": inner}]})
    assert isinstance(tool, CustomTool)
    assert tool.format == {"type": "grammar"}


def test_search_has_two_spellings() -> None:
    body = {"tools": [{"type": "web_search", "depth": 1}], "web_search_options": {}}
    parsed = tools.parse(body)
    assert [t.kind for t in parsed if isinstance(t, BuiltinTool)] == [Builtin.SEARCH] * 2
    assert tools.render(parsed, []) == body


def test_an_unknown_tool_is_kept_whole() -> None:
    body = {"tools": [{"type": "mcp", "server": "x"}]}
    (tool,) = tools.parse(body)
    assert isinstance(tool, ForeignTool)
    assert tools.render((tool,), []) == body


def test_tools_of_other_upstreams_are_left_out() -> None:
    losses: list[Loss] = []
    foreign = ForeignTool(Opaque(Dialect.GEMINI, {"fileSearch": {}}))
    assert tools.render((BuiltinTool(Builtin.CODE), foreign), losses) == {}
    assert losses == [Loss("code", "tools[0]")]


@pytest.mark.parametrize(
    ("model", "wire", "lost"),
    [
        ("gpt-4o-search-preview", {"web_search_options": {}}, []),
        ("gpt-5-search-api", {"web_search_options": {}}, []),
        ("gpt-5", {}, [Loss("search", "tools[0]")]),
    ],
)
def test_search_of_other_clients_is_for_search_models(
    model: str, wire: dict[str, Any], lost: list[Loss]
) -> None:
    losses: list[Loss] = []
    known = tools.searches(model)
    assert tools.render((BuiltinTool(Builtin.SEARCH),), losses, searches=known) == wire
    assert losses == lost
