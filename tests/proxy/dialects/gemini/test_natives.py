"""Functions that stand for Google's own tools, as every dialect's clients declare them."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC as ANTHROPIC
from proxy.dialects.base import Codec, Loss, Rendered
from proxy.dialects.gemini import CODEC, natives
from proxy.dialects.openai_chat import CODEC as CHAT
from proxy.dialects.openai_responses import CODEC as RESPONSES
from proxy.ir import Builtin, BuiltinTool, Choice, CustomTool, FunctionTool, Tool, ToolChoice

NOTHING = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
QUERY = {"type": "object", "properties": {"query": {"type": "string"}}}


def asked(codec: Codec, *tools: Any, **more: Any) -> Rendered:
    body = {
        "model": "gemini-3-pro",
        "messages": [{"role": "user", "content": "a"}],
        "input": "a",
        "tools": list(tools),
        **more,
    }
    body.pop("messages" if codec is RESPONSES else "input")
    return CODEC.render_request(codec.parse_request(body))


def chat(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, **more}}


def responses(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "function", "name": name, **more}


def said(value: Any) -> str:
    """The same name in every run."""
    return str(getattr(value, "name", value))


@pytest.mark.parametrize(
    ("codec", "tool"),
    [
        (CHAT, chat("codeExecution")),
        (CHAT, chat("codeExecution", parameters=NOTHING, strict=True)),
        (RESPONSES, responses("codeExecution", parameters=NOTHING, strict=False)),
        (RESPONSES, responses("codeExecution", parameters=None)),
        (ANTHROPIC, {"name": "codeExecution", "input_schema": {"type": "object"}}),
        (ANTHROPIC, {"type": "custom", "name": "code_execution", "input_schema": NOTHING}),
        (RESPONSES, {"type": "code_interpreter", "container": {"type": "auto"}}),
        (ANTHROPIC, {"type": "code_execution_20250825", "name": "code_execution"}),
    ],
    ids=said,
)
def test_every_dialect_turns_on_googles_code_execution(codec: Codec, tool: Any) -> None:
    rendered = asked(codec, tool)
    assert rendered.body["tools"] == [{"codeExecution": {}}]
    assert rendered.losses == []


@pytest.mark.parametrize(
    ("codec", "tool", "own"),
    [
        (CHAT, chat("googleSearch"), "googleSearch"),
        (RESPONSES, responses("google_search", parameters=NOTHING), "googleSearch"),
        (ANTHROPIC, {"name": "urlContext", "input_schema": NOTHING}, "urlContext"),
        (CHAT, chat("url_context", parameters={}), "urlContext"),
        (RESPONSES, {"type": "web_search"}, "googleSearch"),
        (RESPONSES, {"type": "web_search_preview_2025_03_11"}, "googleSearch"),
        (ANTHROPIC, {"type": "web_search_20250305", "name": "web_search"}, "googleSearch"),
        (ANTHROPIC, {"type": "web_fetch_20250910", "name": "web_fetch"}, "urlContext"),
    ],
    ids=said,
)
def test_search_and_url_context_are_asked_for(codec: Codec, tool: Any, own: str) -> None:
    rendered = asked(codec, tool)
    assert rendered.body["tools"] == [{own: {}}]
    assert rendered.losses == []


def test_a_search_that_is_asked_for_twice_is_there_once() -> None:
    rendered = asked(CHAT, chat("googleSearch"), web_search_options={})
    assert rendered.body["tools"] == [{"googleSearch": {}}]


def test_how_chat_wants_to_search_is_lost_and_told() -> None:
    rendered = asked(CHAT, web_search_options={"search_context_size": "low"})
    assert rendered.body["tools"] == [{"googleSearch": {}}]
    assert [loss.field for loss in rendered.losses] == ["search_context_size"]


@pytest.mark.parametrize("name", ["google_search", "urlContext", "code_execution"])
def test_a_function_with_parameters_is_the_clients_own(name: str) -> None:
    (box,) = asked(CHAT, chat(name, parameters=QUERY)).body["tools"]
    assert [one["name"] for one in box["functionDeclarations"]] == [name]


def test_parameters_of_the_code_function_are_lost_and_told() -> None:
    rendered = asked(CHAT, chat("codeExecution", parameters=QUERY))
    assert rendered.body["tools"] == [{"codeExecution": {}}]
    assert rendered.losses == [Loss("parameters", "tools[0]")]


def test_a_function_that_gemini_declared_stays_one() -> None:
    body = {
        "contents": [{"parts": [{"text": "a"}]}],
        "tools": [{"functionDeclarations": [{"name": "codeExecution"}]}],
    }
    assert CODEC.render_request(CODEC.parse_request(body, model="m")).body == body


SEARCH, OWN = BuiltinTool(Builtin.SEARCH), FunctionTool("f")


@pytest.mark.parametrize(
    ("choice", "tools", "left", "lost"),
    [
        (ToolChoice(Choice.REQUIRED, ("codeExecution",)), [SEARCH], None, ["tool_choice"]),
        (ToolChoice(Choice.REQUIRED), [SEARCH], None, ["tool_choice"]),
        (ToolChoice(Choice.NONE), [SEARCH], None, ["tool_choice"]),
        (ToolChoice(Choice.AUTO), [SEARCH], None, []),
        (ToolChoice(Choice.AUTO), [SEARCH, OWN], ToolChoice(Choice.AUTO), []),
        (
            ToolChoice(Choice.AUTO, ("f", "web_search")),
            [SEARCH, OWN],
            ToolChoice(Choice.AUTO, ("f",)),
            ["tool_choice"],
        ),
        (
            ToolChoice(Choice.REQUIRED, ("c",)),
            [SEARCH, CustomTool("c")],
            ToolChoice(Choice.REQUIRED, ("c",)),
            [],
        ),
        (ToolChoice(Choice.REQUIRED, ("x",)), [OWN], ToolChoice(Choice.REQUIRED, ("x",)), []),
        (None, [SEARCH], None, []),
    ],
    ids=str,
)
def test_only_functions_can_be_forced(
    choice: ToolChoice | None, tools: list[Tool], left: ToolChoice | None, lost: list[str]
) -> None:
    losses: list[Loss] = []
    assert natives.choice(choice, tools, losses) == left
    assert [loss.field for loss in losses] == lost
