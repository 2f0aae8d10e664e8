from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from proxy.dialects.base import Loss
from proxy.dialects.gemini import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Builtin,
    BuiltinTool,
    Dialect,
    FunctionTool,
    Opaque,
    Reasoning,
    Request,
    Role,
    Sampling,
    Text,
    Turn,
)
from tests.proxy.dialects.gemini.bodies import anything, objects, prompts
from tests.support.dice import often

CORPUS = Path(__file__).resolve().parents[3] / "corpus" / "gemini"

HELLO = Turn(Role.USER, (Text("hello"),))


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.request.json")), ids=lambda path: path.name)
def test_the_corpus_is_written_as_it_came(path: Path) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))
    rendered = CODEC.render_request(CODEC.parse_request(body, model="gemini-3-pro-preview"))
    assert rendered.body == body
    assert rendered.losses == []


@settings(max_examples=often(300), deadline=None, suppress_health_check=list(HealthCheck))
@given(prompts)
def test_any_accepted_request_is_written_as_it_came(body: dict[str, Any]) -> None:
    rendered = CODEC.render_request(CODEC.parse_request(body, model="m"))
    assert rendered.body == body
    assert rendered.losses == []


@settings(max_examples=often(300), deadline=None)
@given(anything)
def test_no_json_breaks_the_parser(body: Any) -> None:
    for wrong in (body, {"contents": body}, {"contents": [{"parts": [body]}]}):
        try:
            CODEC.parse_request(wrong, model="m")
        except GatewayError as error:
            assert error.kind is ErrorKind.INVALID_REQUEST


@settings(max_examples=often(200), deadline=None)
@given(prompts, objects)
def test_a_spoilt_prompt_is_refused_or_understood(body: dict[str, Any], more: Any) -> None:
    spoilt = {**body, **dict.fromkeys(list(body)[1:2], more)}
    try:
        CODEC.render_request(CODEC.parse_request(spoilt, model="m"))
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "contents"),
        ({"contents": []}, "contents"),
        ({"contents": "hi"}, "contents"),
        ({"contents": [{"role": "assistant", "parts": []}]}, "contents[0].role"),
        ({"contents": [{"parts": ["hi"]}]}, "contents[0].parts[0]"),
        ({"contents": [{"parts": [{"text": 5}]}]}, "contents[0].parts[0].text"),
        (
            {"contents": [{"parts": [{"function_call": {"name": "f", "args": []}}]}]},
            "contents[0].parts[0].function_call.args",
        ),
        (
            {"contents": [{}], "generation_config": {"top_p": "1"}},
            "generation_config.top_p",
        ),
        (
            {"contents": [{}], "tools": [{"functionDeclarations": [{}]}]},
            "tools[0].functionDeclarations[0].name",
        ),
    ],
    ids=str,
)
def test_a_mistake_is_named(body: dict[str, Any], param: str) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_request(body, model="m")
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
    assert caught.value.param == param


def test_a_changed_value_beats_the_spelling_it_came_with() -> None:
    body = {"contents": [{"parts": [{"text": "?"}]}], "generation_config": {"top_p": 1}}
    request = CODEC.parse_request(body, model="m")
    changed = replace(request, sampling=Sampling(top_p=0.5))
    assert CODEC.render_request(changed).body["generation_config"] == {"top_p": 0.5}


def test_the_model_in_the_body_is_dropped_when_the_route_changes_it() -> None:
    body = {"model": "models/a", "contents": [{"parts": [{"text": "?"}]}]}
    request = CODEC.parse_request(body)
    assert request.model == "a"
    assert "model" not in CODEC.render_request(replace(request, model="b")).body


def test_a_suffix_beats_the_thinking_of_the_body() -> None:
    body = {
        "contents": [{"parts": [{"text": "?"}]}],
        "generationConfig": {"thinkingConfig": {"thinking_budget": 5}},
    }
    request = CODEC.parse_request(body, model="gemini-2.5-flash")
    changed = replace(request, reasoning=Reasoning(budget=24576))
    rendered = CODEC.render_request(changed).body["generationConfig"]["thinkingConfig"]
    assert rendered == {"thinkingBudget": 24576, "includeThoughts": True}


def test_fields_of_other_dialects_are_reported() -> None:
    opaque = Opaque(Dialect.OPENAI_CHAT, data={"logit_bias": {"1": 2}})
    request = Request(model="m", turns=(HELLO,), opaque=opaque, parallel_calls=False)
    lost = CODEC.render_request(request).losses
    assert lost == [Loss("parallel_tool_calls"), Loss("logit_bias")]


def test_gemini_3_mixes_tools_only_with_its_flag() -> None:
    tools = (BuiltinTool(Builtin.SEARCH), FunctionTool("f"))
    mixed = Request(model="gemini-3-flash-preview", turns=(HELLO,), tools=tools)
    flag = {"includeServerSideToolInvocations": True}
    assert CODEC.render_request(mixed).body["toolConfig"] == flag


def test_functions_come_before_googles_own_tools_where_it_takes_only_one_kind() -> None:
    tools = (BuiltinTool(Builtin.SEARCH), FunctionTool("f"))
    mixed = Request(model="gemini-2.5-pro", turns=(HELLO,), tools=tools)
    rendered = CODEC.render_request(mixed)
    assert rendered.body["tools"] == [{"functionDeclarations": [{"name": "f"}]}]
    assert "toolConfig" not in rendered.body
    assert rendered.losses == [Loss("googleSearch", "tools[0]")]
    alone = CODEC.render_request(replace(mixed, tools=tools[:1]))
    assert alone.body["tools"] == [{"googleSearch": {}}]


def test_an_empty_request_of_another_dialect_has_no_empty_fields() -> None:
    body = CODEC.render_request(Request(model="gemini-2.5-pro", turns=(HELLO,))).body
    assert body == {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}
