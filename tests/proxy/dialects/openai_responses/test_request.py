"""Requests: read and written again without a difference, and written for other dialects."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from proxy.dialects.base import Loss
from proxy.dialects.openai_responses import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect, Opaque, Reasoning, Request, Role, Sampling, Text, Turn
from tests.proxy.dialects.openai_chat.mutate import damaged
from tests.proxy.dialects.openai_responses import bodies
from tests.proxy.dialects.openai_responses.bodies import JSON
from tests.proxy.dialects.openai_responses.streams import HELLO
from tests.support.dice import often

SLOW = settings(
    max_examples=often(150), deadline=None, suppress_health_check=list(HealthCheck), database=None
)
HI = {"model": "m", "input": "hi"}


@SLOW
@given(bodies.requests)
def test_any_request_is_written_as_it_came(body: JSON) -> None:
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
def test_arbitrary_items_are_refused_or_kept(item: Any) -> None:
    body = {"model": "m", "input": [item]}
    try:
        parsed = CODEC.parse_request(body)
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        return
    assert CODEC.render_request(parsed).body == body


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": "hi"}, "model"),
        ({"model": "m"}, "input"),
        ({"model": "m", "input": []}, "input"),
        ({"model": "m", "input": 5}, "input"),
        ({"model": "m", "input": ["x"]}, "input[0]"),
        ({"model": "m", "input": [{}]}, "input[0].type"),
        ({"model": "m", "input": [{"role": "king", "content": "x"}]}, "input[0].role"),
        ({"model": "m", "input": [{"role": "user"}]}, "input[0].content"),
        (
            {"model": "m", "input": [{"role": "user", "content": [{"type": "input_text"}]}]},
            "input[0].content[0].text",
        ),
        ({"model": "m", "input": [{"type": "function_call"}]}, "input[0].call_id"),
        ({"model": "m", "input": [{"type": "function_call_output"}]}, "input[0].call_id"),
        (HI | {"tools": [{"type": "function"}]}, "tools[0].name"),
        (HI | {"tools": [{}]}, "tools[0].type"),
        (HI | {"tool_choice": "any"}, "tool_choice"),
        (HI | {"text": {"format": {"name": "x"}}}, "text.format.type"),
        (HI | {"instructions": ["x"]}, "instructions"),
        (HI | {"max_output_tokens": "many"}, "max_output_tokens"),
        (HI | {"previous_response_id": "resp_1"}, "previous_response_id"),
        (HI | {"conversation": "conv_1"}, "conversation"),
        (HI | {"prompt": {"id": "pmpt_1"}}, "prompt"),
        (HI | {"background": True}, "background"),
    ],
)
def test_a_complaint_names_the_field(body: JSON, param: str) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_request(body)
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
    assert caught.value.param == param
    assert param in caught.value.message


def test_what_needs_a_stored_answer_is_told_to_send_everything() -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_request(HI | {"previous_response_id": "resp_1"})
    assert "send the whole conversation in `input`" in caught.value.message


@pytest.mark.parametrize(
    ("field", "value"), [("store", True), ("store", False), ("background", False)]
)
def test_where_an_answer_is_kept_is_nothing_to_lose(field: str, value: bool) -> None:
    request = CODEC.parse_request(HI | {field: value})
    assert not (request.opaque.data if request.opaque else ())
    assert CODEC.render_request(request).body == HI | {field: value}


def test_the_path_may_name_the_model() -> None:
    request = CODEC.parse_request({"input": "hi"}, model="deployment")
    assert request.model == "deployment"
    assert CODEC.render_request(request).body == {"input": "hi"}


def test_a_stream_always_tells_its_usage() -> None:
    assert CODEC.parse_request(HI | {"stream": True}).usage_wanted
    assert not CODEC.parse_request(HI).usage_wanted


def test_another_dialects_request_is_stored_nowhere() -> None:
    rendered = CODEC.render_request(Request(model="m", turns=HELLO, stream=True))
    assert rendered.body == {
        "model": "m",
        "input": [{"role": "user", "content": "hi"}],
        "stream": True,
        "store": False,
    }


@pytest.mark.parametrize(
    ("thinking", "included"),
    [
        (Reasoning(effort="low"), True),
        (Reasoning(include=True), True),
        (Reasoning(budget=8192), True),
        (Reasoning(effort="none"), False),
        (Reasoning(budget=0), False),
        (None, False),
    ],
)
def test_who_is_told_to_think_proves_it(thinking: Reasoning | None, included: bool) -> None:
    rendered = CODEC.render_request(Request(model="m", turns=HELLO, reasoning=thinking))
    assert rendered.body.get("include", []) == ["reasoning.encrypted_content"] * included


def test_sampling_that_responses_do_not_know_is_a_loss() -> None:
    sampling = Sampling(temperature=0.5, top_k=40, max_tokens=9, stop=("x",), seed=1, n=1)
    rendered = CODEC.render_request(Request(model="m", turns=HELLO, sampling=sampling))
    assert rendered.body["max_output_tokens"] == 9
    assert rendered.body["temperature"] == 0.5
    assert rendered.losses == [Loss("top_k"), Loss("stop"), Loss("seed")]


def test_several_answers_are_refused() -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.render_request(Request(model="m", turns=HELLO, sampling=Sampling(n=2)))
    assert caught.value.param == "n"


def test_log_probabilities_are_included() -> None:
    sampling = Sampling(logprobs=True, top_logprobs=2)
    rendered = CODEC.render_request(Request(model="m", turns=HELLO, sampling=sampling))
    assert rendered.body["include"] == ["message.output_text.logprobs"]
    assert rendered.body["top_logprobs"] == 2
    again = CODEC.parse_request(rendered.body).sampling
    assert again.logprobs


def test_what_only_another_dialect_understands_is_a_loss() -> None:
    opaque = Opaque(Dialect.GEMINI, {"safetySettings": [1]})
    rendered = CODEC.render_request(Request(model="m", turns=HELLO, opaque=opaque))
    assert rendered.losses == [Loss("safetySettings")]


def test_a_change_wins_over_how_it_was_said() -> None:
    request = CODEC.parse_request(HI | {"stream": False, "reasoning": {"effort": "HIGH"}})
    changed = Request(
        model="b",
        turns=(Turn(Role.USER, (Text("other"),), request.turns[0].opaque),),
        stream=True,
        reasoning=Reasoning(effort="low"),
        opaque=request.opaque,
    )
    rendered = CODEC.render_request(changed).body
    assert rendered == {
        "model": "b",
        "input": "other",
        "stream": True,
        "reasoning": {"effort": "low"},
    }
