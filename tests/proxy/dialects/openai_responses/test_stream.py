"""Streams: what every event says, whatever the cuts of the bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dialects.openai_responses import CODEC
from proxy.errors import ErrorKind
from proxy.ir import (
    Cite,
    Delta,
    Finish,
    FinishReason,
    Open,
    Refusal,
    Request,
    Start,
    Text,
    Thinking,
    ToolCall,
)
from tests.proxy.dialects.openai_chat.mutate import damaged
from tests.proxy.dialects.openai_responses.answers import streamed, whole
from tests.proxy.dialects.openai_responses.folding import fold, text
from tests.proxy.dialects.openai_responses.streams import (
    COMPLETED,
    CREATED,
    event,
    read,
    response,
    sse,
    told,
)
from tests.proxy.dialects.openai_responses.test_request import SLOW

MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "content": []}
PART = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}


@SLOW
@given(st.data())
def test_a_stream_says_what_the_whole_answer_says(data: st.DataObject) -> None:
    body = data.draw(whole())
    wire = sse(*data.draw(streamed(body)))
    events, error = told(wire, data.draw(st.integers(1, 60)))
    assert error is None
    assert fold(events) == fold(CODEC.parse_response(body))


@SLOW
@given(st.data())
def test_a_damaged_stream_breaks_nothing(data: st.DataObject) -> None:
    events = data.draw(damaged(whole().flatmap(streamed)))
    lines = events if isinstance(events, list) else [events]
    wire = sse(*[json.dumps(line) if isinstance(line, str) else line for line in lines])
    once = told(wire)
    assert told(wire, 5)[0] == once[0]


@SLOW
@given(damaged(whole()))
def test_a_damaged_answer_breaks_nothing(body: Any) -> None:
    events, _ = told(json.dumps(body).encode())
    assert all(events)


def test_a_part_opens_before_it_grows() -> None:
    events = read(
        event("output_item.added", item=MESSAGE),
        event("content_part.added", content_index=0, part=PART),
        event("output_text.delta", content_index=0, delta="a", logprobs=[]),
        event("output_text.delta", content_index=0, delta="b", logprobs=[]),
    )
    kinds = [type(each) for each in events]
    assert kinds[:4] == [Start, Open, Delta, Delta]
    assert text(fold(events)) == "ab"


def test_ids_may_change_with_every_event() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f"}
    events = read(
        event("output_item.added", 1, item={**call, "id": "one", "arguments": ""}),
        event("function_call_arguments.delta", 1, item_id="two", delta='{"a"'),
        event("function_call_arguments.delta", 1, item_id="three", delta=":1}"),
        event("output_item.done", 1, item={**call, "id": "four", "arguments": '{"a":1}'}),
    )
    (part,) = fold(events)["parts"]
    assert isinstance(part, ToolCall)
    assert (part.id, part.arguments) == ("c", '{"a":1}')


def test_the_proof_of_the_last_word_counts() -> None:
    first = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "early"}
    events = read(
        event("output_item.added", item=first),
        event("output_item.done", item=first | {"encrypted_content": "late"}),
        {"type": "response.completed", "response": response(output=[first])},
    )
    (part,) = fold(events)["parts"]
    assert isinstance(part, Thinking)
    assert part.signature is not None
    assert part.signature.value == "late"


def test_pieces_of_a_summary_are_apart() -> None:
    events = read(
        event("output_item.added", item={"type": "reasoning", "id": "rs_1", "summary": []}),
        event("reasoning_summary_text.delta", summary_index=0, delta="one"),
        event("reasoning_summary_text.delta", summary_index=1, delta="two"),
    )
    assert fold(events)["parts"][0].text == "one\n\ntwo"


@pytest.mark.parametrize(
    "events",
    [
        [event("output_item.done", item=MESSAGE | {"content": [PART | {"text": "hi"}]})],
        [event("output_text.delta", content_index=0, delta="hi")],
        [
            {
                "type": "response.completed",
                "response": response(output=[MESSAGE | {"content": [PART | {"text": "hi"}]}]),
            }
        ],
        [
            event("output_text.delta", content_index=0, delta="h"),
            event("content_part.done", content_index=0, part=PART | {"text": "hi"}),
        ],
    ],
    ids=["only-done", "only-delta", "only-completed", "rest-in-done"],
)
def test_a_sparing_service_is_understood(events: list[Any]) -> None:
    assert text(fold(read(*events))) == "hi"


def test_events_need_no_names() -> None:
    wire = sse(CREATED, event("output_text.delta", content_index=0, delta="hi"), COMPLETED)
    lines = [line for line in wire.decode().split("\n") if not line.startswith("event:")]
    events, error = told("\n".join(lines).encode())
    assert error is None
    assert text(fold(events)) == "hi"


def test_what_is_unknown_is_passed_over() -> None:
    unknown = {"type": "keepalive", "sequence_number": 2}
    wire = sse(": comment\n\n", CREATED, unknown, "data: [DONE]\n\n", "data: 5\n\n", COMPLETED)
    events, error = told(wire)
    assert error is None
    assert [type(each) for each in events] == [Start, Finish]


@pytest.mark.parametrize(
    ("ending", "reason", "raw"),
    [
        (response(), FinishReason.STOP, "completed"),
        (
            response("incomplete", incomplete_details={"reason": "max_output_tokens"}),
            FinishReason.LENGTH,
            "max_output_tokens",
        ),
        (
            response("incomplete", incomplete_details={"reason": "content_filter"}),
            FinishReason.FILTERED,
            "content_filter",
        ),
        (response("incomplete"), FinishReason.OTHER, "incomplete"),
    ],
)
def test_the_end_tells_why(ending: Any, reason: FinishReason, raw: str) -> None:
    last = {"type": f"response.{ending['status']}", "response": ending}
    events, error = told(sse(CREATED, last))
    assert error is None
    assert events[-1] == Finish(reason, raw)


def test_a_refusal_is_a_reason() -> None:
    events = read(event("refusal.delta", content_index=0, delta="no"))
    assert isinstance(fold(events)["parts"][0], Refusal)
    assert events[-1] == Finish(FinishReason.REFUSED, "completed")


@pytest.mark.parametrize(
    ("failure", "kind", "message"),
    [
        (
            {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "slow down"}},
            ErrorKind.RATE_LIMITED,
            "slow down",
        ),
        (
            {"type": "error", "code": "server_error", "message": "oh", "param": None},
            ErrorKind.UPSTREAM_BROKEN,
            "oh",
        ),
        (
            {
                "type": "response.failed",
                "response": response("failed", error={"code": "invalid_prompt", "message": "bad"}),
            },
            ErrorKind.UPSTREAM_REJECTED,
            "bad",
        ),
        (
            {"error": {"code": "context_length_exceeded", "message": "long", "param": "input"}},
            ErrorKind.UPSTREAM_REJECTED,
            "long",
        ),
    ],
    ids=["nested", "flat", "failed", "bare"],
)
def test_a_failure_is_raised_after_what_was_said(
    failure: Any, kind: ErrorKind, message: str
) -> None:
    wire = sse(CREATED, event("output_text.delta", content_index=0, delta="hi"), failure)
    for size in (0, 1, 5):
        events, error = told(wire, size)
        assert [type(each) for each in events] == [Start, Open, Delta]
        assert error is not None
        assert (error.kind, error.message) == (kind, message)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"data: [DONE]\n\n",
        b"<html>",
        b"data: {oops\n\n",
        b"[1]",
        sse(CREATED),
        sse(CREATED, event("output_text.delta", content_index=0, delta="hi")),
    ],
    ids=["nothing", "done", "html", "no-json", "list", "begun", "cut"],
)
def test_what_has_no_end_is_broken(data: bytes) -> None:
    _, error = told(data)
    assert error is not None
    assert error.kind is ErrorKind.UPSTREAM_BROKEN


def test_one_json_object_may_answer_for_a_stream() -> None:
    message = MESSAGE | {"content": [PART | {"text": "hi"}]}
    events, error = told(json.dumps(response(output=[message])).encode())
    assert error is None
    assert text(fold(events)) == "hi"


def test_text_parts_are_told_apart() -> None:
    folded = fold(
        read(
            event("output_item.added", item=MESSAGE),
            event("output_text.delta", content_index=0, delta="a"),
            event("content_part.done", content_index=0, part=PART | {"text": "a"}),
            event("output_text.delta", content_index=1, delta="b"),
        )
    )
    assert [type(part) for part in folded["parts"]] == [Text, Text]


def test_what_comes_after_the_end_of_an_item_is_no_news() -> None:
    folded = fold(
        read(
            event("output_item.done", item=MESSAGE),
            event("content_part.done", content_index=0, part=PART | {"text": "late"}),
        )
    )
    assert folded["parts"] == []


def test_sources_are_told_with_the_text_that_they_are_of() -> None:
    note = {"type": "url_citation", "url": "https://a", "title": "t"}
    texts = [
        PART | {"text": words, "annotations": [note | {"start_index": 0, "end_index": 2}]}
        for words in ("one ", "two")
    ]
    calling = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    first, second = (
        {**MESSAGE, "id": f"msg_{at}", "content": [one]} for at, one in enumerate(texts)
    )
    events = CODEC.parse_response(response(output=[first, calling, second]))
    cited = [event.citations for event in events if isinstance(event, Cite)]
    assert [(one.start, one.end) for (one,) in cited] == [(0, 2), (4, 6)]
    written = CODEC.render_response(events, Request(model="m", turns=()))
    assert [
        part["annotations"] for item in written.body["output"] for part in item.get("content", ())
    ] == [text["annotations"] for text in texts]
    assert written.losses == []
