from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.dialects.base import EventParser, Listener
from proxy.dialects.code_assist import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch, Start, Usage
from tests.proxy.dialects.code_assist.wrapped import (
    TRACE,
    answered,
    outcome,
    sse,
    start,
    streamed,
)
from tests.proxy.dialects.gemini.bodies import anything
from tests.proxy.dialects.gemini.fold import Folded, said
from tests.proxy.dialects.gemini.wire import kind, recorded
from tests.support.dice import often
from tests.support.wire import Exchange

FAILURE = {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}
COUNTS = {"promptTokenCount": 3, "candidatesTokenCount": 2}
FIRST = {**said({"text": "hel"}), "modelVersion": "m"}
LAST = {**said({"text": "lo"}, finishReason="STOP"), "usageMetadata": COUNTS}
WIRE = sse(answered(FIRST), answered(LAST))

Told = tuple[Usage | None, str]


def test_it_reads_what_is_in_the_envelopes() -> None:
    events = streamed(WIRE)
    folded = Folded(events)
    assert [getattr(part, "text", None) for part in folded.parts[0]] == ["hello"]
    assert start(events).id == TRACE
    assert folded.usage is not None and folded.usage.output == 2


def test_an_event_may_take_several_lines() -> None:
    lines = "".join(f"data: {line}\n" for line in json.dumps(answered(LAST), indent=1).split("\n"))
    wire = sse(answered(FIRST)) + lines.encode() + b"\n"
    assert Folded(streamed(wire)) == Folded(streamed(WIRE))
    assert streamed(wire, 3) == streamed(wire)


def test_keep_alives_say_nothing() -> None:
    wire = b"\n\n" + sse(answered(FIRST)) + b"\n\n" + sse(answered(LAST))
    assert streamed(wire) == streamed(WIRE)


def test_a_failure_in_mid_stream_is_bare_json() -> None:
    wire = sse(answered(FIRST)) + json.dumps(FAILURE, indent=1).encode()
    events, error = outcome(wire)
    assert start(events).model == "m"
    assert "overloaded" in error


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        sse(answered(FIRST)),
        sse(FIRST),
        sse({"traceId": TRACE}),
        sse({"response": None}),
        sse({"response": "x"}),
        b"data: x\n\n",
        b"data: [DONE]\n\n",
        b'data: {"response": {"candidates": [}}\n\n',
        b'data: {"response": {}, "traceId": "\xff"}\n\n',
        b"data: " + b'{"response":' * 5000 + b"\n\n",
        sse(FAILURE),
        sse([FAILURE]),
        sse({**answered(FIRST), **FAILURE}),
    ],
)
def test_what_is_no_answer_is_an_error(wire: bytes) -> None:
    with pytest.raises(GatewayError):
        streamed(wire)


def test_an_error_that_is_none_is_passed_over() -> None:
    events = streamed(sse({**answered(LAST), "error": None}))
    assert Folded(events).extras == {"error": None}


def told(listener: EventParser | Listener, wire: bytes, step: int) -> Told:
    events: Batch = []
    failure = ""
    try:
        for place in range(0, len(wire), step or len(wire) or 1):
            events += listener.feed(wire[place : place + (step or len(wire))])
        events += listener.flush()
    except GatewayError as error:
        failure = f"{error.kind}: {error.message}"
    usages = [event for event in events if isinstance(event, Usage)]
    return (usages[-1] if usages else None), failure


def agree(wire: bytes, *steps: int) -> None:
    expected = told(CODEC.event_parser(), wire, 0)
    for step in (0, *steps):
        assert told(CODEC.listener(), wire, step) == expected


@pytest.mark.parametrize("exchange", recorded("stream"))
def test_the_listener_hears_what_a_recorded_stream_costs(exchange: Exchange) -> None:
    text = exchange["response"].get("sse")
    found = exchange["response"].get("body") or [
        json.loads(line[6:]) for line in str(text).splitlines() if line.startswith("data: ")
    ]
    agree(sse(*map(answered, found)), 1, 7, 1009)


@pytest.mark.parametrize("exchange", recorded("generate"))
def test_the_listener_hears_what_a_whole_answer_costs(exchange: Exchange) -> None:
    body = exchange["response"]["body"]
    events = CODEC.listener().whole(json.dumps(answered(body)).encode())
    usage = [event for event in CODEC.parse_response(answered(body)) if type(event) is Usage]
    assert [event for event in events if type(event) is Usage] == usage
    assert kind(exchange) == "generate"


def test_the_listener_hears_who_answers() -> None:
    first, *rest = CODEC.listener().feed(WIRE)
    assert isinstance(first, Start) and first.model == "m"
    assert [type(event) for event in rest] == [Usage]


@pytest.mark.parametrize("body", [b"{}", b"x", b"[]", b'{"response":{}}', b'{"traceId":"t"}'])
def test_the_listener_refuses_what_is_no_answer(body: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.listener().whole(body)
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN


chunk = st.fixed_dictionaries(
    {},
    optional={
        "response": st.sampled_from([FIRST, LAST, {}]) | anything,
        "traceId": st.just(TRACE) | anything,
        "consumedCredits": anything,
        "error": st.none() | st.just({"code": 429}) | anything,
    },
)


@settings(max_examples=often(300), deadline=None)
@given(st.lists(chunk | anything, max_size=4), st.integers(1, 40))
def test_listener_and_parser_agree_on_any_stream(chunks: list[Any], step: int) -> None:
    agree(sse(*chunks), step)


@settings(max_examples=often(200), deadline=None)
@given(st.lists(chunk | anything, max_size=4), st.integers(1, 40))
def test_a_cut_changes_nothing(chunks: list[Any], step: int) -> None:
    assert outcome(sse(*chunks), step) == outcome(sse(*chunks))


@settings(max_examples=often(200), deadline=None)
@given(st.binary(max_size=60), st.integers(1, 20))
def test_no_bytes_break_it(wire: bytes, step: int) -> None:
    for framed in (wire, b"data: " + wire + b"\r\n\r\n", b'data: {"response":' + wire + b"}\n\n"):
        outcome(framed, step)
        told(CODEC.listener(), framed, step)
