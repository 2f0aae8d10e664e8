from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.openai_chat import CODEC as CHAT
from proxy.dialects.openai_responses import CODEC, choice, tools
from proxy.ir import (
    Builtin,
    BuiltinTool,
    Choice,
    CustomTool,
    ForeignTool,
    FunctionTool,
    Request,
    Tool,
    ToolChoice,
)
from tests.proxy.dialects.openai_responses.streams import HELLO

GRAMMAR = {"type": "grammar", "syntax": "lark", "definition": "start: A"}


def parsed(tool: dict[str, Any]) -> Tool:
    (found,) = tools.parse({"tools": [tool]})
    assert tools.render((found,), []) == [tool]
    return found


def test_a_function_is_flat() -> None:
    schema = {"type": "object"}
    tool = {"type": "function", "name": "f", "description": None, "parameters": schema}
    found = parsed(tool | {"strict": True, "defer_loading": True})
    assert isinstance(found, FunctionTool)
    assert (found.name, found.description, found.schema, found.strict) == ("f", "", schema, True)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        ("web_search", Builtin.SEARCH),
        ("web_search_preview", Builtin.SEARCH),
        ("web_search_2025_08_26", Builtin.SEARCH),
        ("code_interpreter", Builtin.CODE),
    ],
)
def test_tools_that_others_have_too_are_known(kind: str, builtin: Builtin) -> None:
    found = parsed({"type": kind, "container": {"type": "auto"}})
    assert isinstance(found, BuiltinTool)
    assert found.kind is builtin


@pytest.mark.parametrize("kind", ["file_search", "mcp", "tool_search", "namespace", "local_shell"])
def test_tools_that_only_openai_has_are_kept(kind: str) -> None:
    assert isinstance(parsed({"type": kind, "x": 1}), ForeignTool)


def test_chat_gets_a_grammar_in_its_box() -> None:
    tool = {"type": "custom", "name": "f", "format": GRAMMAR}
    body = {"model": "m", "input": "hi", "tools": [tool]}
    (found,) = CHAT.render_request(CODEC.parse_request(body)).body["tools"]
    inner = {key: value for key, value in GRAMMAR.items() if key != "type"}
    assert found["custom"]["format"] == {"type": "grammar", "grammar": inner}
    asked = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": [found]}
    assert CODEC.render_request(CHAT.parse_request(asked)).body["tools"] == [tool]


def test_a_tool_of_another_dialect_is_not_strict_by_default() -> None:
    (found,) = tools.render((FunctionTool("f"),), [])
    assert found == {
        "type": "function",
        "name": "f",
        "parameters": {"type": "object", "properties": {}},
        "strict": False,
    }


def test_builtin_tools_of_another_dialect() -> None:
    losses: list[Loss] = []
    found = tools.render(tuple(BuiltinTool(kind) for kind in Builtin), losses)
    assert [tool["type"] for tool in found] == ["web_search", "code_interpreter"]
    assert losses == [Loss("url_context", "tools[2]")]


@pytest.mark.parametrize(
    ("value", "mode", "names"),
    [
        ("auto", Choice.AUTO, ()),
        ("required", Choice.REQUIRED, ()),
        ({"type": "function", "name": "f"}, Choice.REQUIRED, ("f",)),
        ({"type": "custom", "name": "f"}, Choice.REQUIRED, ("f",)),
        (
            {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
            Choice.AUTO,
            ("f",),
        ),
        ({"type": "web_search_preview"}, Choice.AUTO, ()),
    ],
)
def test_the_choice_is_read_and_written(value: Any, mode: Choice, names: Any) -> None:
    found = choice.parse({"tool_choice": value})
    assert found is not None
    assert (found.mode, found.names) == (mode, names)
    assert choice.render(Request(model="m", turns=HELLO, tool_choice=found)) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (ToolChoice(Choice.REQUIRED, ("f",)), {"type": "function", "name": "f"}),
        (ToolChoice(Choice.REQUIRED, ("c",)), {"type": "custom", "name": "c"}),
        (
            ToolChoice(Choice.AUTO, ("f", "c")),
            {
                "type": "allowed_tools",
                "mode": "auto",
                "tools": [{"type": "function", "name": "f"}, {"type": "custom", "name": "c"}],
            },
        ),
        (ToolChoice(Choice.NONE, ("f",)), "none"),
    ],
)
def test_a_choice_of_another_dialect(said: ToolChoice, value: Any) -> None:
    known = (FunctionTool("f"), CustomTool("c"))
    asked = Request(model="m", turns=HELLO, tools=known, tool_choice=said)
    assert CODEC.render_request(asked).body["tool_choice"] == value
