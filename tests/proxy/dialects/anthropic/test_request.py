"""Requests: read and written again without a difference, and written for other dialects."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from proxy.dialects.anthropic import CODEC
from proxy.dialects.base import Loss
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Dialect,
    FunctionTool,
    Opaque,
    Output,
    Reasoning,
    Request,
    Role,
    Sampling,
    Text,
    Turn,
)
from tests.proxy.dialects.anthropic import bodies
from tests.support.dice import often

CORPUS = Path(__file__).parents[3] / "corpus" / "anthropic"
SLOW = settings(
    max_examples=often(150), deadline=None, suppress_health_check=list(HealthCheck), database=None
)
HELLO = (Turn(Role.USER, (Text("hi"),)),)
OWN = [
    pytest.param(json.loads(path.read_text()), id=path.stem)
    for path in sorted(CORPUS.glob("request-*.json"))
]


@pytest.mark.parametrize("body", OWN)
def test_a_request_of_our_corpus_is_written_as_it_came(body: Any) -> None:
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body == body
    assert rendered.losses == []


@SLOW
@given(bodies.requests)
def test_any_request_is_written_as_it_came(body: Any) -> None:
    before = copy.deepcopy(body)
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body == body == before
    assert rendered.losses == []


@SLOW
@given(bodies.damaged(bodies.requests))
def test_a_damaged_request_is_read_or_refused_with_its_place(body: Any) -> None:
    try:
        request = CODEC.parse_request(body) if isinstance(body, dict) else None
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        return
    if request is not None:
        assert CODEC.render_request(request).body == body


@SLOW
@given(bodies.objects)
def test_any_object_is_read_or_refused(body: Any) -> None:
    with pytest.raises(GatewayError):
        CODEC.parse_request({"model": "m", **body, "messages": []})


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": [{"role": "user", "content": "x"}]}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": []}, "messages"),
        ({"model": "m", "messages": [{"role": "tool", "content": "x"}]}, "messages[0].role"),
        ({"model": "m", "messages": [{"role": "user"}]}, "messages[0].content"),
        (
            {"model": "m", "messages": [{"role": "user", "content": [{"text": "x"}]}]},
            "messages[0].content[0].type",
        ),
        ({"model": "m", "messages": [{}], "tools": 1}, "messages[0].role"),
    ],
)
def test_a_complaint_names_the_field(body: Any, param: str) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_request(body)
    assert caught.value.param == param


def render(**more: Any) -> tuple[dict[str, Any], list[str]]:
    asked: dict[str, Any] = {"model": "claude-sonnet-4-5", "turns": HELLO, **more}
    rendered = CODEC.render_request(Request(**asked))
    return rendered.body, [loss.field for loss in rendered.losses]


def test_a_request_of_another_dialect_gets_the_required_limit() -> None:
    body, losses = render(stream=True)
    assert body == {
        "model": "claude-sonnet-4-5",
        "max_tokens": 8192,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
        "stream": True,
    }
    assert losses == []


def test_the_limit_leaves_room_for_thoughts() -> None:
    body, _ = render(reasoning=Reasoning(effort="high"))
    assert body["max_tokens"] == 24576 + 8192
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 24576}


def test_unknown_fields_of_another_dialect_are_named() -> None:
    opaque = Opaque(Dialect.OPENAI_CHAT, {"logit_bias": {"1": 2}})
    assert render(opaque=opaque)[1] == ["logit_bias"]


def test_a_changed_reasoning_wins_over_the_callers_own() -> None:
    body = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 20_000,
        "temperature": 0.5,
        "messages": [{"role": "user", "content": "x"}],
        "thinking": {"type": "disabled"},
    }
    request = replace(CODEC.parse_request(body), reasoning=Reasoning(effort="medium"))
    rendered = CODEC.render_request(request)
    assert rendered.body["thinking"] == {"type": "enabled", "budget_tokens": 8192}
    assert rendered.losses == [Loss("temperature")]
    assert rendered.body["messages"] == body["messages"]


def test_more_than_one_answer_is_refused() -> None:
    with pytest.raises(GatewayError, match="n must be 1"):
        render(sampling=Sampling(n=2))


def test_an_answer_without_text_is_refused() -> None:
    with pytest.raises(GatewayError, match="not with image"):
        render(output=Output(modalities=("image",)))


def test_a_tool_without_schema_gets_the_empty_one() -> None:
    body, _ = render(tools=(FunctionTool("f"),))
    assert body["tools"] == [{"name": "f", "input_schema": {"type": "object", "properties": {}}}]


def test_the_model_may_come_from_the_path() -> None:
    body = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
    request = CODEC.parse_request(body, model="claude-x")
    assert request.model == "claude-x"
    assert CODEC.render_request(request).body == body
