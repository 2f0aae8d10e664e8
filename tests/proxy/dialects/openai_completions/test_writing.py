"""Answers of others as completions, whole and streamed."""

from __future__ import annotations

from typing import Any

import msgspec

from proxy.dialects.base import JSON
from proxy.dialects.openai_completions import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Citation,
    Cite,
    Close,
    Code,
    CodeResult,
    Delta,
    Dialect,
    Extra,
    Finish,
    FinishReason,
    Logprobs,
    Media,
    Opaque,
    Open,
    Ping,
    Refusal,
    Signature,
    Start,
    Text,
    Thinking,
    TokenLogprob,
    ToolCall,
    Usage,
)

ASKED = CODEC.parse_request({"model": "m", "prompt": "Once"})
ECHOED = CODEC.parse_request({"model": "m", "prompt": "Once", "echo": True})
START = Start("r1", "m-real", 5)
END = Finish(FinishReason.STOP)
EVENTS: list[Any] = [START, Open(0, Text(" upon")), Delta(0, " a time"), Close(0), Usage(1, 3), END]


def chunks(wire: bytes) -> list[JSON]:
    events = wire.removesuffix(b"data: [DONE]\n\n").split(b"\n\n")
    return [msgspec.json.decode(event.removeprefix(b"data: ")) for event in events if event]


def streamed(events: list[Any], request: Any = ASKED) -> tuple[list[JSON], list[str]]:
    renderer = CODEC.event_renderer(request)
    wire = renderer.feed(events) + renderer.flush()
    assert wire.endswith(b"data: [DONE]\n\n")
    return chunks(wire), [loss.field for loss in renderer.losses]


def test_a_whole_answer() -> None:
    assert CODEC.render_response(EVENTS, ASKED).body == {
        "id": "cmpl-r1",
        "object": "text_completion",
        "created": 5,
        "model": "m-real",
        "choices": [
            {"text": " upon a time", "index": 0, "logprobs": None, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 3, "total_tokens": 4},
    }


def test_a_stream_ends_with_its_reason() -> None:
    found, losses = streamed(EVENTS)
    head = {"id": "cmpl-r1", "object": "text_completion", "created": 5, "model": "m-real"}
    said = [(each["choices"][0]["text"], each["choices"][0]["finish_reason"]) for each in found]
    assert said == [(" upon", None), (" a time", None), ("", "stop")]
    assert all(each.items() >= head.items() and "usage" not in each for each in found)
    assert losses == []


def test_usage_comes_last_if_it_is_wanted() -> None:
    options = {"stream": True, "stream_options": {"include_usage": True}}
    request = CODEC.parse_request({"model": "m", "prompt": "Once", **options})
    *others, last = streamed(EVENTS, request)[0]
    assert all(each["usage"] is None for each in others)
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 4)


def test_the_prompt_is_repeated_once_for_each_choice() -> None:
    second = [Open(1, Text(" more"), 1), Close(1), Finish(FinishReason.LENGTH, choice=1)]
    events = [*EVENTS, *second]
    choices = CODEC.render_response(events, ECHOED).body["choices"]
    assert [each["text"] for each in choices] == ["Once upon a time", "Once more"]
    assert [each["finish_reason"] for each in choices] == ["stop", "length"]
    texts = ["", ""]
    for chunk in streamed(events, ECHOED)[0]:
        for choice in chunk["choices"]:
            texts[choice["index"]] += choice["text"]
    assert texts == ["Once upon a time", "Once more"]


def test_an_upstream_of_the_dialect_has_repeated_it_itself() -> None:
    choice = {"text": "Once upon", "index": 0, "finish_reason": "stop"}
    events = CODEC.parse_response({"id": "cmpl-1", "choices": [choice]})
    assert CODEC.render_response(events, ECHOED).body["choices"][0]["text"] == "Once upon"


def test_probabilities_are_four_lists() -> None:
    top = (TokenLogprob(" a", -0.1), TokenLogprob(" b", -2.0))
    rated = Logprobs((TokenLogprob(" a", -0.1, top=top), TokenLogprob(" bc", -0.5)))
    events: list[Any] = [START, Open(0, Text(" a bc")), rated, Close(0), END]
    body = CODEC.render_response(events, ECHOED).body
    told = {
        "tokens": [" a", " bc"],
        "token_logprobs": [-0.1, -0.5],
        "top_logprobs": [{" a": -0.1, " b": -2.0}, None],
        "text_offset": [4, 6],
    }
    assert body["choices"][0]["logprobs"] == told
    found = [each["choices"][0]["logprobs"] for each in streamed(events, ECHOED)[0]]
    assert found == [None, None, told, None]


def test_only_text_is_said_and_the_rest_is_named() -> None:
    gemini = Opaque(Dialect.GEMINI, {"safety": 1})
    events: list[Any] = [
        Start("r", "m", 1, gemini),
        Open(0, Thinking("hm")),
        Delta(0, "m"),
        Close(0, Signature(Dialect.GEMINI, "QUJD")),
        Open(1, ToolCall("c", "f")),
        Delta(1, "{}"),
        Close(1),
        Open(2, Media("image/png", "aGk=")),
        Close(2),
        Open(3, Code("1+1", "python")),
        Close(3),
        Open(4, CodeResult("")),
        Delta(4, "2"),
        Close(4),
        Cite((Citation("https://example.com"),)),
        Extra(Opaque(Dialect.GEMINI, {"other": 1})),
        Finish(FinishReason.LENGTH, message="why"),
    ]
    rendered = CODEC.render_response(events, ASKED)
    choice = rendered.body["choices"][0]
    assert choice["text"] == "\n```python\n1+1\n```\n\n```output\n2\n```\n"
    assert choice["finish_reason"] == "length"
    names = ["safety", "thinking", "signature", "tool_call", "media", "citations", "other"]
    assert [loss.field for loss in rendered.losses] == [*names, "finish_message"]
    found, losses = streamed(events)
    assert "".join(each["choices"][0]["text"] for each in found) == choice["text"]
    assert losses == [*names, "finish_message"]


def test_a_refusal_is_text() -> None:
    events: list[Any] = [START, Open(0, Refusal("I won't")), Close(0), Finish(FinishReason.REFUSED)]
    rendered = CODEC.render_response(events, ASKED)
    assert rendered.body["choices"][0]["text"] == "I won't"
    assert rendered.body["choices"][0]["finish_reason"] == "stop"
    assert [loss.field for loss in rendered.losses] == ["refusal"]


def test_a_blocked_answer_says_so() -> None:
    body = CODEC.render_response([START, Finish(FinishReason.FILTERED)], ASKED).body
    assert body["choices"] == [
        {"text": "", "index": 0, "logprobs": None, "finish_reason": "content_filter"}
    ]


def test_a_ping_is_a_comment_and_a_failure_ends_the_stream() -> None:
    renderer = CODEC.event_renderer(ASKED)
    assert renderer.feed([Ping()]) == b": ping\n\n"
    wire = renderer.fail(GatewayError(ErrorKind.UPSTREAM_BROKEN, "gone"))
    (failure,) = chunks(wire)
    assert failure["error"]["message"] == "gone"
