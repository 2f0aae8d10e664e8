"""Gemini's recorded traffic in envelopes: Code Assist's own was never recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proxy.dialects.code_assist import CODEC
from proxy.dialects.gemini import CODEC as GEMINI
from tests.proxy.dialects.code_assist.wrapped import answered, asked, sse, streamed, untraced
from tests.proxy.dialects.gemini import fold
from tests.proxy.dialects.gemini.fold import Folded
from tests.proxy.dialects.gemini.wire import asked as has_prompt
from tests.proxy.dialects.gemini.wire import data, kind, model, recorded
from tests.support.wire import Exchange, exchanges

PROMPTS = exchanges("gemini", lambda one: has_prompt(one) and kind(one) != "countTokens")
STREAMS = recorded("stream")
WHOLE = exchanges(
    "gemini", lambda one: kind(one) == "generate" and "blob-truncated" not in one["features"]
)


def chunks(exchange: Exchange) -> list[Any]:
    body = exchange["response"].get("body")
    if isinstance(body, list):
        return body
    lines = str(exchange["response"]["sse"]).splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: ")]


def wrapped(exchange: Exchange, **beside: Any) -> bytes:
    return sse(*(answered(chunk, **beside) for chunk in chunks(exchange)))


@pytest.mark.parametrize("exchange", PROMPTS)
def test_a_request_is_written_as_it_came(exchange: Exchange) -> None:
    body = asked(exchange["request"]["body"], model=model(exchange))
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body == body
    assert rendered.losses == []


@pytest.mark.parametrize("exchange", STREAMS)
def test_a_stream_says_what_is_inside(exchange: Exchange) -> None:
    events = streamed(wrapped(exchange))
    inside = fold.streamed(data(exchange))
    assert untraced(events) == untraced(inside)


@pytest.mark.parametrize("exchange", STREAMS)
def test_a_stream_may_be_cut_anywhere(exchange: Exchange) -> None:
    wire = wrapped(exchange, consumedCredits=[{"creditAmount": "1"}])
    expected = streamed(wire)
    for step in (1, 7, 64, 1009):
        assert streamed(wire, step) == expected


@pytest.mark.parametrize("array", [False, True], ids=["sse", "array"])
@pytest.mark.parametrize("exchange", STREAMS)
def test_a_stream_that_was_rendered_says_the_same(exchange: Exchange, array: bool) -> None:
    events = streamed(wrapped(exchange, remainingCredits=[]))
    request = CODEC.parse_request(asked({"contents": [{"parts": [{"text": "?"}]}]}))
    renderer = CODEC.event_renderer(request, array=array)
    wire = b"".join(renderer.feed([event]) for event in events) + renderer.flush()
    assert Folded(streamed(wire)) == Folded(events)
    assert renderer.losses == []


@pytest.mark.parametrize("exchange", WHOLE)
def test_a_whole_answer_says_what_is_inside(exchange: Exchange) -> None:
    body = exchange["response"]["body"]
    events = CODEC.parse_response(answered(body))
    assert untraced(events) == untraced(GEMINI.parse_response(body))
    request = CODEC.parse_request(asked({"contents": [{"parts": [{"text": "?"}]}]}))
    rendered = CODEC.render_response(events, request)
    assert Folded(CODEC.parse_response(rendered.body)) == Folded(events)
    assert rendered.losses == []
