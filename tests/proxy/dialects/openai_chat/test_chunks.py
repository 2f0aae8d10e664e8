"""Streams, written as OpenAI does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given

from proxy.dialects.base import Loss
from proxy.dialects.openai_chat import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Citation,
    Cite,
    Close,
    Code,
    CodeResult,
    Delta,
    Dialect,
    Event,
    Extra,
    Finish,
    FinishReason,
    Foreign,
    FunctionTool,
    Logprobs,
    Media,
    Opaque,
    Open,
    Ping,
    Refusal,
    Request,
    Signature,
    Start,
    Text,
    Thinking,
    TokenLogprob,
    ToolCall,
    Usage,
)
from tests.proxy.dialects.openai_chat.answers import whole
from tests.proxy.dialects.openai_chat.streams import told
from tests.proxy.dialects.openai_chat.test_request import SLOW
from tests.proxy.dialects.openai_chat.test_response import plain
from tests.support.wire import exchanges

REQUEST = Request(model="m", turns=(), stream=True)
START = Start("r1", "gemini-x", 7)
GEMINI = Signature(Dialect.GEMINI, "c2ln")
STOP = Finish(FinishReason.STOP, "STOP")


def write(events: Iterable[Event], request: Request = REQUEST) -> bytes:
    renderer = CODEC.event_renderer(request)
    return renderer.feed(events) + renderer.flush()


def chunks(*events: Event, request: Request = REQUEST) -> list[Any]:
    lines = write(events, request).decode().split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]


def deltas(*events: Event, request: Request = REQUEST) -> list[Any]:
    """The deltas of an answer after its first chunk and before its last."""
    return [chunk["choices"][0]["delta"] for chunk in chunks(START, *events, request=request)][1:]


def test_a_text_is_told_as_openai_does() -> None:
    events: list[Event] = [
        START,
        Open(0, Text("")),
        Delta(0, "h\u2028"),
        Delta(0, "i"),
        Close(0),
        STOP,
    ]
    head = {"id": "chatcmpl-r1", "object": "chat.completion.chunk", "created": 7}
    first = {"role": "assistant", "content": "", "refusal": None}
    expected = [
        {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        for delta, reason in [
            (first, None),
            ({"content": "h\u2028"}, None),
            ({"content": "i"}, None),
            ({}, "stop"),
        ]
    ]
    assert chunks(*events) == [
        {**head, "model": "gemini-x", "choices": [choice]} for choice in expected
    ]


def test_usage_comes_last_and_only_when_asked_for() -> None:
    events: list[Event] = [START, Usage(1, 1), Open(0, Text("a")), Close(0), STOP, Usage(3, 2)]
    assert all("usage" not in chunk for chunk in chunks(*events))
    wanted = Request(model="m", turns=(), usage_wanted=True)
    *before, last = chunks(*events, request=wanted)
    assert all(chunk["usage"] is None for chunk in before)
    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def test_calls_have_running_indices() -> None:
    first, second, more, last = deltas(
        Open(0, ToolCall("a", "f", "{}")),
        Close(0),
        Open(1, ToolCall("b", "g")),
        Delta(1, "{}"),
        Close(1),
        STOP,
    )
    assert first["tool_calls"][0] | {"index": 9} == {
        "index": 9,
        "id": "a",
        "type": "function",
        "function": {"name": "f", "arguments": "{}"},
    }
    assert second["tool_calls"][0]["index"] == 1
    assert more == {"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]}
    assert last == {}


def test_a_call_without_arguments_is_an_empty_object() -> None:
    _, arguments, _ = deltas(Open(0, ToolCall("a", "f")), Close(0), STOP)
    assert arguments == {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}


def test_calls_begin_without_content_and_end_with_tool_calls() -> None:
    first, *_, last = chunks(START, Open(0, ToolCall("a", "f", "{}")), Close(0), STOP)
    assert first["choices"][0]["delta"]["content"] is None
    assert last["choices"][0]["finish_reason"] == "tool_calls"


def test_a_signature_of_a_call_comes_when_it_is_known() -> None:
    slot = {"google": {"thought_signature": "c2ln"}}
    early, _ = deltas(Open(0, ToolCall("a", "f", "{}", signature=GEMINI)), Close(0), STOP)
    assert early["tool_calls"][0]["extra_content"] == slot
    _, late, _ = deltas(Open(0, ToolCall("a", "f", "{}")), Close(0, GEMINI), STOP)
    assert late["tool_calls"][0] == {
        "index": 0,
        "function": {"arguments": ""},
        "extra_content": slot,
    }


def test_a_signature_of_text_is_in_the_deltas_slot() -> None:
    _, last, _ = deltas(Open(0, Text("hi")), Close(0, GEMINI), STOP)
    slot = {"google": {"thought_signature": "c2ln"}}
    assert last == {"content": "", "extra_content": slot}


def test_every_kind_of_text_has_its_field() -> None:
    said = deltas(Open(0, Thinking("a")), Delta(0, "b"), Open(1, Refusal("")), Delta(1, "no"), STOP)
    assert said == [{"reasoning_content": "a"}, {"reasoning_content": "b"}, {"refusal": "no"}, {}]


def test_code_and_media_are_shown() -> None:
    code, result, image, sound, _ = deltas(
        Open(0, Code("x", "PYTHON")),
        Close(0),
        Open(1, CodeResult("")),
        Delta(1, "1"),
        Close(1),
        Open(2, Media("image/png", "aGk=")),
        Close(2),
        Open(3, Media("audio/wav", "aGk=")),
        Close(3),
        STOP,
    )
    assert code == {"content": "\n```python\nx\n```\n"}
    assert result == {"content": "\n```output\n1\n```\n"}
    assert image["images"][0]["image_url"] == {"url": "data:image/png;base64,aGk="}
    assert sound["audio"]["data"] == "aGk="


def test_citations_and_logprobs_are_told() -> None:
    cite = Cite((Citation("https://a", "A"),))
    _, notes, _ = deltas(Open(0, Text("hi")), Close(0), cite, STOP)
    inner = {"url": "https://a", "title": "A", "start_index": 0, "end_index": 0}
    assert notes == {"annotations": [{"type": "url_citation", "url_citation": inner}]}
    (chunk,) = chunks(START, Open(0, Text("h")), Logprobs((TokenLogprob("h", -1.0),)))[2:]
    assert chunk["choices"][0]["logprobs"]["content"][0]["token"] == "h"


def test_a_client_of_the_old_functions_gets_a_function_call() -> None:
    tool = FunctionTool("f", opaque=Opaque(Dialect.OPENAI_CHAT, shape={"legacy": True}))
    request = Request(model="m", turns=(), tools=(tool,))
    said = deltas(Open(0, ToolCall("a", "f")), Delta(0, "{}"), Close(0), STOP, request=request)
    assert said[:2] == [
        {"function_call": {"name": "f", "arguments": ""}},
        {"function_call": {"arguments": "{}"}},
    ]


def test_custom_calls_take_text() -> None:
    first, more, _ = deltas(Open(0, ToolCall("a", "p", custom=True)), Delta(0, "x"), Close(0), STOP)
    assert first["tool_calls"][0]["custom"] == {"name": "p", "input": ""}
    assert more == {"tool_calls": [{"index": 0, "custom": {"input": "x"}}]}


def test_candidates_have_their_own_role_and_calls() -> None:
    events: list[Event] = [
        START,
        Open(0, ToolCall("a", "f", "{}"), 0),
        Open(1, ToolCall("b", "f", "{}"), 1),
    ]
    choices = [chunk["choices"][0] for chunk in chunks(*events)]
    assert [choice["index"] for choice in choices] == [0, 0, 1, 1]
    assert [c["delta"]["tool_calls"][0]["index"] for c in choices[1::2]] == [0, 0]


def test_a_ping_is_a_comment() -> None:
    assert CODEC.event_renderer(REQUEST).feed([Ping()]) == b": ping\n\n"


def test_a_failure_is_said_in_the_stream() -> None:
    error = GatewayError(ErrorKind.UPSTREAM_BROKEN, "gone")
    data, done, _ = CODEC.event_renderer(REQUEST).fail(error).decode().split("\n\n")
    assert json.loads(data.removeprefix("data: "))["error"]["code"] == "upstream_failed"
    assert done == "data: [DONE]"


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (Open(0, Media("video/mp4", "aGk=")), "video"),
        (Open(0, Foreign(Opaque(Dialect.GEMINI, {"toolCall": {}}))), "toolCall"),
        (Open(0, Thinking("a", GEMINI)), "signature"),
        (Extra(Opaque(Dialect.GEMINI, {"promptFeedback": {}})), "promptFeedback"),
        (Cite((), opaque=Opaque(Dialect.GEMINI, {"searchEntryPoint": {}})), "searchEntryPoint"),
        (Finish(FinishReason.FILTERED, message="why"), "finish_message"),
    ],
    ids=["video", "foreign", "signature", "extra", "cite", "message"],
)
def test_what_chat_cannot_say_is_a_loss_once(event: Event, field: str) -> None:
    renderer = CODEC.event_renderer(REQUEST)
    renderer.feed([START, event, event])
    assert renderer.losses == [Loss(field)]


@SLOW
@given(whole())
def test_what_is_written_is_read_the_same(body: Any) -> None:
    events = CODEC.parse_response(body)
    again, error = told(write(events, Request(model="m", turns=(), usage_wanted=True)))
    assert error is None
    assert plain(again) == plain(events)


def streams_chat(exchange: Any) -> bool:
    features = exchange["features"]
    chat = "sse" in exchange["response"] and "/chat/" in exchange["request"]["path"]
    return chat and "error-in-stream" not in features


@pytest.mark.parametrize(
    "exchange",
    [*exchanges("openai-chat", streams_chat), *exchanges("openai-compatible", streams_chat)],
)
def test_a_recorded_stream_is_written_so_that_it_says_the_same(exchange: Any) -> None:
    events, _ = told(exchange["response"]["sse"].encode())
    again, error = told(write(events))
    assert error is None
    assert {c: [p for p in said if not _thought(p)] for c, said in plain(again).items()} == {
        c: [p for p in said if not _thought(p)] for c, said in plain(events).items()
    }


def _thought(part: object) -> bool:
    # Where several thoughts were told apart, and their signatures: Chat has one field for all.
    return isinstance(part, Thinking)
