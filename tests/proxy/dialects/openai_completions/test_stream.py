"""Answers of upstreams that speak completions: read, listened to, and broken ones."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest

from proxy.dialects.openai_completions import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Batch,
    Close,
    Delta,
    Finish,
    FinishReason,
    Logprobs,
    Open,
    Start,
    Text,
    Usage,
)

HEAD: dict[str, Any] = {"id": "cmpl-1", "object": "text_completion", "created": 9, "model": "m"}
COUNTS = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
RATED = {
    "tokens": ["Once", " upon"],
    "token_logprobs": [None, -0.5],
    "top_logprobs": [None, {" upon": -0.5, " a": -1.0}],
    "text_offset": [0, 4],
}
WHOLE = HEAD | {
    "system_fingerprint": "fp_1",
    "choices": [
        {"text": "Once upon", "index": 0, "logprobs": RATED, "finish_reason": "length"},
        {"text": "Twice", "index": 1, "logprobs": None, "finish_reason": "stop", "stop_reason": 5},
    ],
    "usage": COUNTS,
    "kv_transfer_params": {"a": 1},
}


def choice(text: str, finish: str | None = None, index: int = 0) -> dict[str, Any]:
    return {"text": text, "index": index, "logprobs": None, "finish_reason": finish}


def event(*choices: Any, **more: Any) -> bytes:
    return b"data: " + msgspec.json.encode(HEAD | {"choices": choices} | more) + b"\n\n"


STREAM = b"".join(
    [
        event(choice("Once")),
        event(choice("Two", index=1)),
        event(choice(" upon"), choice("", "stop", 1)),
        event(choice("", "length")),
        event(usage=COUNTS),
        b"data: [DONE]\n\n",
    ]
)
SAID = [
    Open(0, Text("Once"), 0),
    Open(1, Text("Two"), 1),
    Delta(0, " upon"),
    Usage(3, 2),
    Close(0),
    Finish(FinishReason.LENGTH, "length"),
    Close(1),
    Finish(FinishReason.STOP, "stop", choice=1),
]


def read(parser: Any, wire: bytes, size: int) -> Batch:
    cuts = [*range(0, len(wire), size), len(wire)]
    events = [each for start, end in pairwise(cuts) for each in parser.feed(wire[start:end])]
    return [*events, *parser.flush()]


def test_a_whole_answer_is_written_as_it_came() -> None:
    events = CODEC.parse_response(WHOLE)
    request = CODEC.parse_request({"model": "m", "prompt": "x"})
    rendered = CODEC.render_response(events, request)
    assert rendered.body == WHOLE
    assert rendered.losses == []
    (rated,) = [each for each in events if isinstance(each, Logprobs)]
    assert [token.token for token in rated.tokens] == ["Once", " upon"]


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_stream_is_read_wherever_it_is_cut(size: int) -> None:
    first, *rest = read(CODEC.event_parser(), STREAM, size)
    assert isinstance(first, Start)
    assert (first.id, first.model, first.created) == ("cmpl-1", "m", 9)
    assert rest == SAID


@pytest.mark.parametrize("size", [7, 10_000])
def test_the_listener_hears_who_answers_and_what_it_costs(size: int) -> None:
    heard = read(CODEC.listener(), STREAM, size)
    assert [type(each) for each in heard] == [Start, Usage]
    assert [type(each) for each in CODEC.listener().whole(msgspec.json.encode(WHOLE))] == [
        Start,
        Usage,
    ]


def test_a_stream_without_done_is_complete_with_its_reasons() -> None:
    wire = STREAM.removesuffix(b"data: [DONE]\n\n")
    assert read(CODEC.event_parser(), wire, 50)[1:] == SAID


def test_one_object_in_place_of_a_stream_is_read() -> None:
    events = read(CODEC.event_parser(), msgspec.json.encode(WHOLE), 50)
    assert events == CODEC.parse_response(WHOLE)


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        (STREAM[:200], ErrorKind.UPSTREAM_BROKEN),
        (b"", ErrorKind.UPSTREAM_BROKEN),
        (b"data: <html>\n\n", ErrorKind.UPSTREAM_BROKEN),
        (b"[1]", ErrorKind.UPSTREAM_BROKEN),
        (b'data: {"error":{"message":"no","type":"server_error"}}\n\n', ErrorKind.UPSTREAM_BROKEN),
        (
            b'data: {"error":{"message":"slow","code":"rate_limit_exceeded"}}\n\n',
            ErrorKind.RATE_LIMITED,
        ),
        (event({"index": 0, "error": {"message": "no", "code": 400}}), ErrorKind.UPSTREAM_REJECTED),
    ],
)
def test_what_is_no_answer_is_a_failure(wire: bytes, kind: ErrorKind) -> None:
    with pytest.raises(GatewayError) as caught:
        read(CODEC.event_parser(), wire, 10_000)
    assert caught.value.kind is kind


@pytest.mark.parametrize("body", [{}, {"choices": []}, {"choices": None}, {"detail": "no"}])
def test_a_whole_answer_without_choices_is_a_failure(body: Any) -> None:
    with pytest.raises(GatewayError):
        CODEC.parse_response(body)


def test_odd_fields_do_not_break_it() -> None:
    odd = {"choices": [5, {"text": 5, "logprobs": {"tokens": [1, "a"]}, "finish_reason": 5}]}
    events = CODEC.parse_response(odd)
    assert [type(each) for each in events] == [Start, Logprobs, Finish]
