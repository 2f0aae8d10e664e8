from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.dialects.base import EventParser, Listener
from proxy.dialects.gemini import CODEC
from proxy.dialects.gemini.stream import decoded
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch, Start, Usage
from tests.proxy.dialects.gemini.bodies import anything
from tests.proxy.dialects.gemini.fold import said, sse
from tests.proxy.dialects.gemini.wire import data, kind, recorded
from tests.support.dice import often
from tests.support.wire import Exchange

FAILURE = {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}
COUNTS = {"promptTokenCount": 3, "candidatesTokenCount": 2, "thoughtsTokenCount": 1}
DONE = {**said({"text": "a"}, finishReason="STOP"), "usageMetadata": COUNTS}

Told = tuple[Usage | None, str]


def told(take: Callable[[Batch], None]) -> Told:
    """The last usage, and the error if there was one."""
    events: Batch = []
    failure = ""
    try:
        take(events)
    except GatewayError as error:
        failure = f"{error.kind}: {error.message}"
    usages = [event for event in events if isinstance(event, Usage)]
    return (usages[-1] if usages else None), failure


def streamed(parser: EventParser | Listener, wire: bytes, cuts: list[int]) -> Told:
    def take(events: Batch) -> None:
        for start, end in pairwise([0, *cuts, len(wire)]):
            events += parser.feed(wire[start:end])
        events += parser.flush()

    return told(take)


def agree(wire: bytes, *steps: int) -> None:
    """The listener and the parser, at cuts of these widths and uncut."""
    expected = streamed(CODEC.event_parser(), wire, [])
    assert streamed(CODEC.listener(), wire, []) == expected
    for step in steps:
        cuts = list(range(step, len(wire), step))
        assert streamed(CODEC.listener(), wire, cuts) == expected


def agree_whole(body: Any) -> None:
    wire = json.dumps(body).encode()
    expected = told(lambda events: events.extend(CODEC.parse_response(decoded(wire))))
    assert told(lambda events: events.extend(CODEC.listener().whole(wire))) == expected


@pytest.mark.parametrize("exchange", recorded("stream", "error"))
def test_a_recorded_stream_costs_what_the_parser_says(exchange: Exchange) -> None:
    wire = data(exchange)
    agree(wire, 1, 7, 64, 1009)


@pytest.mark.parametrize("exchange", recorded("generate", "error"))
def test_a_recorded_answer_costs_what_the_parser_says(exchange: Exchange) -> None:
    agree_whole(exchange["response"]["body"])
    assert kind(exchange) == "error" or CODEC.listener().whole(data(exchange))


def test_it_says_who_answers_and_what_it_costs_and_nothing_else() -> None:
    first = {**said({"text": "a"}), "responseId": "r", "modelVersion": "models/m"}
    events = CODEC.listener().feed(sse(first, said({"text": "b"}), DONE))
    assert events[0] == Start("r", "m")
    (usage,) = events[1:]
    assert isinstance(usage, Usage)
    assert (usage.input, usage.output, usage.thinking) == (3, 3, 1)


def test_what_was_counted_before_an_error_is_told_first() -> None:
    listener = CODEC.listener()
    listener.feed(sse(said({"text": "a"})))
    (usage,) = listener.feed(sse({**said({"text": "a"}), "usageMetadata": COUNTS}, FAILURE))
    assert isinstance(usage, Usage)
    with pytest.raises(GatewayError, match="overloaded") as caught:
        listener.flush()
    assert caught.value.quoted is not None


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"data: x",
        b"<html>",
        b"\xff",
        b"[" * 5000,
        json.dumps(FAILURE).encode(),
        json.dumps([FAILURE]).encode(),
        json.dumps({"candidates": {}, "usageMetadata": []}).encode(),
    ],
    ids=[
        "nothing", "list", "object", "null", "event", "page", "bytes", "deep", "error",
        "error in a list", "wrong types",
    ],
)  # fmt: skip
def test_what_is_no_answer_is_an_error(wire: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.listener().whole(wire)
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN


def test_a_whole_answer_may_lack_its_reason() -> None:
    assert CODEC.listener().whole(json.dumps(said({"text": "a"})).encode()) == [Start("", "")]


def test_a_blocked_prompt_is_an_answer() -> None:
    body = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": COUNTS}
    agree_whole(body)
    agree(sse(body), 1)


counts = st.dictionaries(
    st.sampled_from([*COUNTS, "cachedContentTokenCount", "trafficType"]),
    st.integers(0, 9) | st.floats(0, 9) | st.none() | st.text(max_size=2),
    max_size=3,
)
candidate = st.fixed_dictionaries(
    {},
    optional={
        "index": st.integers(-1, 2) | anything,
        "finishReason": st.sampled_from(["STOP", "SAFETY", 1, None]) | anything,
        "content": st.just({"parts": [{"text": "a"}]}) | anything,
    },
)
chunk = st.fixed_dictionaries(
    {},
    optional={
        "candidates": st.lists(candidate | anything, max_size=2) | anything,
        "usageMetadata": counts | anything,
        "promptFeedback": st.just({"blockReason": "SAFETY"}) | anything,
        "responseId": st.text(max_size=3) | anything,
        "modelVersion": st.just("models/m") | anything,
        "error": st.none() | st.just({"code": 429}) | anything,
    },
)
plain = st.builds(
    lambda counted, more: {**said({"text": "a"}), "usageMetadata": counted, **more},
    counts,
    st.just({}) | st.just({"candidates": [{"finishReason": "STOP"}]}),
)


@settings(max_examples=often(300), deadline=None)
@given(st.lists(plain | chunk | anything, max_size=5), st.integers(1, 40), st.booleans())
def test_it_agrees_with_the_parser_on_any_stream(chunks: list[Any], step: int, array: bool) -> None:
    agree(json.dumps(chunks).encode() if array else sse(*chunks), step)


@settings(max_examples=often(200), deadline=None)
@given(plain | chunk | anything)
def test_it_agrees_with_the_parser_on_any_answer(body: Any) -> None:
    agree_whole(body)


@settings(max_examples=often(200), deadline=None)
@given(st.binary(max_size=60), st.integers(1, 20))
def test_no_bytes_break_it(wire: bytes, step: int) -> None:
    for framed in (wire, b"data: " + wire + b"\r\n\r\n", b"[" + wire):
        streamed(CODEC.listener(), framed, list(range(step, len(framed), step)))
