"""Streams: every service's way of telling an answer, whatever the cuts of the bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dialects.openai_chat import CODEC
from proxy.errors import ErrorKind
from proxy.ir import Close, Extra, Finish, FinishReason, Open, Start, Text, ToolCall, Usage
from tests.proxy.dialects.openai_chat.answers import streamed, whole
from tests.proxy.dialects.openai_chat.folding import fold, text
from tests.proxy.dialects.openai_chat.mutate import damaged
from tests.proxy.dialects.openai_chat.streams import delta, read, sse, told
from tests.proxy.dialects.openai_chat.test_request import CORPUS, SLOW
from tests.support.wire import exchanges


def streams_chat(exchange: Any) -> bool:
    return "sse" in exchange["response"] and "/chat/" in exchange["request"]["path"]


RECORDED = [
    *exchanges("openai-chat", streams_chat),
    *exchanges("openai-compatible", streams_chat),
]


@pytest.mark.parametrize("exchange", RECORDED)
def test_a_recorded_stream_says_the_same_at_every_cut(exchange: Any) -> None:
    data = exchange["response"]["sse"].encode()
    events, error = told(data)
    for size in (1, 7, 64):
        again, same = told(data, size)
        assert again == events
        assert (same and same.message) == (error and error.message)


@pytest.mark.parametrize("exchange", RECORDED)
def test_a_recorded_stream_is_an_answer_or_an_error(exchange: Any) -> None:
    events, error = told(exchange["response"]["sse"].encode())
    assert isinstance(events[0], Start)
    if error is not None:
        assert "error-in-stream" in exchange["features"]
        return
    assert isinstance(events[-1], Finish)
    fold(events)


@pytest.mark.parametrize("exchange", RECORDED)
def test_a_recorded_streams_text_is_complete(exchange: Any) -> None:
    data = exchange["response"]["sse"]
    events, error = told(data.encode())
    said = ""
    for line in data.splitlines():
        if line.startswith("data: {"):
            for choice in json.loads(line[6:]).get("choices", ()):
                content = choice["delta"].get("content") or ""
                if choice.get("index", 0) == 0 and isinstance(content, str):
                    said += content
    if error is None:
        assert text(fold(events)) == said


@SLOW
@given(st.data())
def test_a_stream_says_what_the_whole_answer_says(data: st.DataObject) -> None:
    body = data.draw(whole())
    chunks = data.draw(streamed(body))
    events, error = told(sse(*chunks), data.draw(st.integers(1, 60)))
    assert error is None
    assert fold(events) == fold(CODEC.parse_response(body))


@SLOW
@given(st.data())
def test_a_damaged_stream_breaks_nothing(data: st.DataObject) -> None:
    chunks = data.draw(damaged(whole().flatmap(streamed)))
    lines = chunks if isinstance(chunks, list) else [chunks]
    wire = sse(*[json.dumps(line) if isinstance(line, str) else line for line in lines])
    assert told(wire) is not None


def test_an_answer_may_have_no_done() -> None:
    events = read(delta(content="hi", finish="stop"), done=False)
    assert events[-1] == Finish(FinishReason.STOP, "stop")


def test_an_answer_may_have_no_finish() -> None:
    assert read(delta(content="hi"))[-1] == Finish(FinishReason.STOP)
    call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}
    assert read(delta(tool_calls=[call]))[-1] == Finish(FinishReason.TOOL_CALLS)


def test_without_either_the_answer_is_broken() -> None:
    events, error = told(sse(delta(content="hi"), done=False))
    assert [type(event) for event in events] == [Start, Open]
    assert error is not None
    assert error.kind is ErrorKind.UPSTREAM_BROKEN


@pytest.mark.parametrize("data", [b"", b"data: [DONE]\n\n", b"<html>", b"data: {oops\n\n", b"[1]"])
def test_what_is_no_answer_is_broken(data: bytes) -> None:
    _, error = told(data)
    assert error is not None
    assert error.kind is ErrorKind.UPSTREAM_BROKEN


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("groq-error", ErrorKind.UPSTREAM_REJECTED, "bad tool"),
        ("openrouter-error", ErrorKind.RATE_LIMITED, "slow down"),
        ("azure-error", ErrorKind.UPSTREAM_REJECTED, "filtered"),
    ],
)
def test_an_error_after_200_is_raised(name: str, kind: ErrorKind, message: str) -> None:
    data = json.loads((CORPUS / f"stream-{name}.json").read_text())["sse"].encode()
    expected = told(data)[0]
    for size in (0, 1, 5):
        events, error = told(data, size)
        assert error is not None
        assert (error.kind, error.message) == (kind, message)
        assert events == expected


def test_what_was_said_before_an_error_is_not_lost() -> None:
    events, error = told(sse(delta(content="hi"), {"error": {"message": "boom"}}))
    assert error is not None
    assert [type(event) for event in events] == [Start, Open]


def test_one_json_object_may_answer_for_a_stream() -> None:
    body = {"id": "x", "choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}
    events, error = told(json.dumps(body).encode())
    assert error is None
    assert text(fold(events)) == "hi"


def test_candidates_are_told_apart() -> None:
    folded = fold(
        read(
            delta(0, content="a"),
            delta(1, content="b"),
            delta(0, content="c"),
            delta(1, finish="length"),
            delta(0, finish="stop"),
        )
    )
    assert (text(folded, 0), text(folded, 1)) == ("ac", "b")
    assert [event.raw for event in folded["about"]] == ["stop", "length"]


def test_azures_first_chunk_waits_for_the_name() -> None:
    first = {"id": "", "model": "", "choices": [], "prompt_filter_results": [1]}
    events = read(first, delta(content="hi"))
    assert isinstance(events[0], Start)
    assert events[0].id == "chatcmpl-1"
    assert isinstance(events[1], Extra)


def test_a_repeated_finish_is_one() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    last = delta(content="", role="assistant", finish="stop") | {"usage": usage}
    events = read(delta(content="hi", finish="stop"), last)
    assert [event for event in events if isinstance(event, Finish)] == events[-1:]
    assert Usage(1, 2) in events


def test_a_signature_at_the_end_of_a_text_closes_it() -> None:
    slot = {"google": {"thought_signature": "c2ln"}}
    events = read(delta(content="hi"), delta(content="", extra_content=slot, finish="stop"))
    (close,) = [event for event in events if isinstance(event, Close)]
    assert close.signature is not None
    assert close.signature.value == "c2ln"


def test_a_part_opens_before_it_grows() -> None:
    events = read(delta(role="assistant", content=""), delta(content="a"), delta(content="b"))
    opened = [event for event in events if isinstance(event, Open)]
    assert opened == [Open(0, Text("a"))]


def test_comments_and_carriage_returns_are_fine() -> None:
    wire = sse(": PROCESSING\n\n", delta(content="hi", finish="stop")).replace(b"\n", b"\r\n")
    assert text(fold(told(wire)[0])) == "hi"


def test_old_function_calls_are_calls() -> None:
    events = read(
        delta(function_call={"name": "f", "arguments": ""}),
        delta(function_call={"arguments": "{}"}),
        delta(finish="function_call"),
    )
    (part,) = fold(events)["parts"][0]
    assert isinstance(part, ToolCall)
    assert (part.name, part.arguments) == ("f", "{}")
    assert events[-1] == Finish(FinishReason.TOOL_CALLS, "function_call")
