"""Requests: read and written again without a difference, and written for other dialects."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from proxy.dialects.base import Loss
from proxy.dialects.openai_chat import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect, Opaque, Reasoning, Request, Role, Sampling, Text, Turn
from tests.proxy.dialects.openai_chat import bodies
from tests.proxy.dialects.openai_chat.mutate import damaged
from tests.support.dice import often
from tests.support.wire import exchanges

CORPUS = Path(__file__).parents[3] / "corpus" / "openai_chat"
SLOW = settings(
    max_examples=often(150), deadline=None, suppress_health_check=list(HealthCheck), database=None
)
HELLO = (Turn(Role.USER, (Text("hi"),)),)


def asks_chat(exchange: Any) -> bool:
    """Other shapes in these folders: embeddings, model lists, Responses, answers alone."""
    body = exchange["request"]["body"]
    return isinstance(body, dict) and "messages" in body


RECORDED = [*exchanges("openai-chat", asks_chat), *exchanges("openai-compatible", asks_chat)]
OWN = [
    pytest.param(json.loads(path.read_text()), id=path.stem)
    for path in sorted(CORPUS.glob("request-*.json"))
]


@pytest.mark.parametrize("exchange", RECORDED)
def test_a_recorded_request_is_written_as_it_came(exchange: Any) -> None:
    body = exchange["request"]["body"]
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body == body
    assert rendered.losses == []


@pytest.mark.parametrize("case", OWN)
def test_a_request_of_our_corpus_is_written_as_it_came(case: Any) -> None:
    rendered = CODEC.render_request(CODEC.parse_request(case["body"]))
    assert rendered.body == case["body"]


@SLOW
@given(bodies.requests)
def test_any_request_is_written_as_it_came(body: bodies.JSON) -> None:
    before = copy.deepcopy(body)
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body == body == before
    assert rendered.losses == []


@SLOW
@given(damaged(bodies.requests))
def test_a_damaged_request_is_refused_or_written_as_it_came(body: Any) -> None:
    if not isinstance(body, dict):
        return
    try:
        parsed = CODEC.parse_request(body)
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        return
    assert CODEC.render_request(parsed).body == body


@SLOW
@given(bodies.anything)
def test_arbitrary_json_is_refused(body: Any) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_request({"model": "m", "messages": [body]})
    assert caught.value.kind is ErrorKind.INVALID_REQUEST


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": [{"role": "user", "content": "x"}]}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": []}, "messages"),
        ({"model": "m", "messages": ["x"]}, "messages[0]"),
        ({"model": "m", "messages": [{"role": "king"}]}, "messages[0].role"),
        ({"model": "m", "messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        (
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "text"}]}]},
            "messages[0].content[0].text",
        ),
        ({"model": "m", "messages": [{"role": "tool"}]}, "messages[0].tool_call_id"),
    ],
)
def test_a_complaint_names_the_field(body: bodies.JSON, param: str) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_request(body)
    assert caught.value.param == param
    assert param in caught.value.message


def test_the_path_may_name_the_model() -> None:
    body = {"messages": [{"role": "user", "content": "hi"}]}
    request = CODEC.parse_request(body, model="deployment")
    assert request.model == "deployment"
    assert CODEC.render_request(request).body == body


def test_usage_is_wanted_only_when_asked_for() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True}
    asked = body | {"stream_options": {"include_usage": True}}
    assert not CODEC.parse_request(body).usage_wanted
    assert CODEC.parse_request(asked).usage_wanted


def test_another_dialects_stream_is_always_asked_for_its_usage() -> None:
    rendered = CODEC.render_request(Request(model="m", turns=HELLO, stream=True))
    assert rendered.body == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_sampling_that_chat_does_not_know_is_a_loss() -> None:
    sampling = Sampling(temperature=0.5, top_k=40, max_tokens=9, stop=("x",))
    rendered = CODEC.render_request(Request(model="m", turns=HELLO, sampling=sampling))
    assert rendered.body["max_tokens"] == 9
    assert rendered.body["stop"] == ["x"]
    assert "top_k" not in rendered.body
    assert rendered.losses == [Loss("top_k")]


def test_what_only_another_dialect_understands_is_a_loss() -> None:
    opaque = Opaque(Dialect.GEMINI, {"safetySettings": [1]})
    rendered = CODEC.render_request(Request(model="m", turns=HELLO, opaque=opaque))
    assert rendered.losses == [Loss("safetySettings")]


def test_a_change_wins_over_how_it_was_said() -> None:
    body = {
        "model": "a",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": False,
        "reasoning_effort": None,
        "reasoning": {"effort": "HIGH", "exclude": True},
    }
    request = CODEC.parse_request(body)
    changed = Request(
        model="b",
        turns=request.turns,
        stream=True,
        reasoning=Reasoning(effort="low"),
        opaque=request.opaque,
    )
    rendered = CODEC.render_request(changed).body
    assert rendered["model"] == "b"
    assert rendered["stream"] is True
    assert rendered["reasoning_effort"] == "low"
