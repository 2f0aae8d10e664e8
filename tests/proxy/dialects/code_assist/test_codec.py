from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from proxy.dialects.code_assist import CODEC
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.errors import ErrorKind, GatewayError, Quoted
from proxy.ir import Dialect, Finish, FinishReason
from tests.proxy.dialects.code_assist.wrapped import AROUND, JSON, answered, asked, start
from tests.proxy.dialects.gemini.bodies import prompts
from tests.proxy.dialects.gemini.fold import Folded, said
from tests.support.dice import often

HELLO: JSON = {**said({"text": "hello"}, finishReason="STOP"), "modelVersion": "m"}
INNER: JSON = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
ASKED = CODEC.parse_request(asked(INNER))


@settings(max_examples=often(200), deadline=None)
@given(prompts)
def test_any_request_is_written_as_it_came(inner: JSON) -> None:
    body = asked(inner, enabled_credit_types=["GOOGLE_ONE_AI"], later={"new": 1})
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body == body
    assert rendered.losses == []


@settings(max_examples=often(100), deadline=None)
@given(prompts)
def test_a_gemini_upstream_gets_what_is_inside(inner: JSON) -> None:
    parsed = CODEC.parse_request(asked(inner, model="m"))
    assert GEMINI.render_request(parsed).body == {**inner}


@settings(max_examples=often(100), deadline=None)
@given(prompts)
def test_a_gemini_client_is_put_into_an_envelope(inner: JSON) -> None:
    rendered = CODEC.render_request(GEMINI.parse_request(inner, model="m"))
    plain = {name: value for name, value in inner.items() if name != "model"}
    assert rendered.body == {"model": "m", "request": plain}
    assert rendered.losses == []


@pytest.mark.parametrize(
    ("name", "value"), [("session_id", "s"), ("sessionId", "s"), ("session_id", None)]
)
def test_the_session_is_no_field_of_the_gemini_api(name: str, value: Any) -> None:
    body = {"model": "m", **AROUND, "request": {**INNER, name: value}}
    parsed = CODEC.parse_request(body)
    assert GEMINI.render_request(parsed).body == INNER
    assert CODEC.render_request(parsed).body == body


def test_a_whole_answer_is_written_as_it_came() -> None:
    body = answered(HELLO, consumedCredits=[{"creditType": "GOOGLE_ONE_AI", "creditAmount": "2"}])
    events = CODEC.parse_response({**body, "response": {**HELLO, "responseId": "r"}})
    rendered = CODEC.render_response(events, ASKED)
    again = CODEC.parse_response(rendered.body)
    assert rendered.body.keys() == body.keys()
    assert Folded(again) == Folded(events)
    assert rendered.losses == []


def test_a_gemini_client_hears_the_answer_and_its_id() -> None:
    rendered = GEMINI.render_response(CODEC.parse_response(answered(HELLO)), ASKED)
    assert rendered.body["candidates"][0]["content"]["parts"] == [{"text": "hello"}]
    assert rendered.body["responseId"] == "5a1c"
    assert rendered.losses == []


def test_what_the_account_paid_is_a_loss_for_others() -> None:
    events = CODEC.parse_response(answered(HELLO, remainingCredits=[]))
    assert [loss.field for loss in GEMINI.render_response(events, ASKED).losses] == [
        "remainingCredits"
    ]


def test_a_code_assist_client_hears_gemini() -> None:
    rendered = CODEC.render_response(GEMINI.parse_response(HELLO), ASKED)
    inner = GEMINI.render_response(GEMINI.parse_response(HELLO), ASKED).body
    assert rendered.body == {"response": inner}


@pytest.mark.parametrize("body", [{}, {"response": None}, {"response": "x"}, {"traceId": "t"}])
def test_an_envelope_without_an_answer_is_a_failure(body: JSON) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_response(body)
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN


def test_an_error_under_status_200_is_an_error() -> None:
    told = {"error": {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED"}}
    with pytest.raises(GatewayError, match="slow") as caught:
        CODEC.parse_response(told)
    assert CODEC.render_error(caught.value) == told


def test_a_blocked_prompt_is_told() -> None:
    events = CODEC.parse_response(answered({"promptFeedback": {"blockReason": "SAFETY"}}))
    assert start(events).id == "5a1c"
    (finish,) = [event for event in events if isinstance(event, Finish)]
    assert finish.reason is FinishReason.FILTERED


def test_an_error_has_no_envelope() -> None:
    error = GatewayError(ErrorKind.RATE_LIMITED, "Too fast.", retry_after=2)
    assert CODEC.render_error(error)["error"]["status"] == "RESOURCE_EXHAUSTED"
    body = b'{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}'
    quoted = GatewayError(
        ErrorKind.UPSTREAM_REJECTED, "m", quoted=Quoted(Dialect.GEMINI, 400, body)
    )
    assert CODEC.render_error(quoted)["error"]["message"] == "m"
