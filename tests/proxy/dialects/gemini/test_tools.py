from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.gemini import tools
from proxy.dialects.gemini.fields import Reader
from proxy.ir import (
    Builtin,
    BuiltinTool,
    Choice,
    CustomTool,
    ForeignTool,
    FunctionTool,
    Tool,
    ToolChoice,
)


def parsed(*objects: Any) -> tuple[Tool, ...]:
    return tools.parse([(value, f"tools[{at}]") for at, value in enumerate(objects)])


def test_a_subset_schema_is_read_as_json_schema() -> None:
    parameters = {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}}
    (tool,) = parsed({"functionDeclarations": [{"name": "f", "parameters": parameters}]})
    assert isinstance(tool, FunctionTool)
    assert tool.schema == {"type": "object", "properties": {"a": {"type": "string"}}}


def test_googles_own_tools_are_known() -> None:
    kinds = parsed({"googleSearch": {}, "code_execution": {}}, {"urlContext": {}})
    assert [tool.kind for tool in kinds if isinstance(tool, BuiltinTool)] == list(Builtin)


def test_other_tools_are_foreign() -> None:
    (tool,) = parsed({"googleMaps": {"x": 1}})
    assert isinstance(tool, ForeignTool)
    assert tools.render([tool], []) == [{"googleMaps": {"x": 1}}]


def test_functions_of_other_dialects_share_one_object() -> None:
    said: list[Tool] = [
        FunctionTool("f", schema={"type": "object"}),
        BuiltinTool(Builtin.SEARCH),
        FunctionTool("g", "does g"),
    ]
    assert tools.render(said, []) == [
        {
            "functionDeclarations": [
                {"name": "f", "parametersJsonSchema": {"type": "object"}},
                {"name": "g", "description": "does g"},
            ]
        },
        {"googleSearch": {}},
    ]


def test_googles_own_tool_is_asked_for_once() -> None:
    twice: list[Tool] = [BuiltinTool(Builtin.SEARCH), BuiltinTool(Builtin.SEARCH)]
    assert tools.render(twice, []) == [{"googleSearch": {}}]


def test_a_custom_tool_is_a_function_of_one_string() -> None:
    losses: list[Loss] = []
    rendered = tools.render([CustomTool("patch", format={"type": "grammar"})], losses)
    assert rendered is not None
    (declared,) = rendered[0]["functionDeclarations"]
    assert declared["parametersJsonSchema"]["required"] == ["input"]
    assert losses == [Loss("format", "tools[0]")]


@pytest.mark.parametrize(
    ("wire", "mode", "names"),
    [
        ({"mode": "ANY", "allowedFunctionNames": ["f"]}, Choice.REQUIRED, ("f",)),
        ({"mode": "NONE"}, Choice.NONE, ()),
        ({"mode": 1}, Choice.AUTO, ()),
        ({"mode": "VALIDATED"}, Choice.AUTO, ()),
        ({}, Choice.AUTO, ()),
    ],
    ids=str,
)
def test_the_choice_is_read_and_written(wire: Any, mode: Choice, names: tuple[str, ...]) -> None:
    choice = tools.parse_choice(Reader(wire, ""))
    assert choice is not None
    assert (choice.mode, choice.names) == (mode, names)
    assert tools.render_choice(choice) == wire


@pytest.mark.parametrize(
    ("choice", "wire"),
    [
        (ToolChoice(Choice.REQUIRED, ("f",)), {"mode": "ANY", "allowedFunctionNames": ["f"]}),
        (ToolChoice(Choice.AUTO, ("f",)), {"mode": "VALIDATED", "allowedFunctionNames": ["f"]}),
        (ToolChoice(Choice.NONE), {"mode": "NONE"}),
    ],
    ids=str,
)
def test_a_choice_of_another_dialect_fits(choice: ToolChoice, wire: Any) -> None:
    assert tools.render_choice(choice) == wire
