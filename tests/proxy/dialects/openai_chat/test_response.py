"""Whole answers, read and written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

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
    Part,
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
from tests.proxy.dialects.openai_chat.folding import fold, text
from tests.proxy.dialects.openai_chat.mutate import damaged
from tests.proxy.dialects.openai_chat.test_request import SLOW
from tests.support.wire import exchanges

REQUEST = Request(model="m", turns=())
GEMINI = Signature(Dialect.GEMINI, "c2ln")


def answers_chat(exchange: Any) -> bool:
    response = exchange["response"]
    return response["status"] == 200 and "choices" in response.get("body", {})


RECORDED = [
    *exchanges("openai-chat", answers_chat),
    *exchanges("openai-compatible", answers_chat),
]


def said(*parts: Part, reason: FinishReason = FinishReason.STOP) -> list[Event]:
    """An answer of whole parts."""
    events: list[Event] = [Start("r1", "gemini-x", 7)]
    for index, part in enumerate(parts):
        events += [Open(index, part), Close(index)]
    return [*events, Finish(reason)]


def message(events: list[Event], request: Request = REQUEST) -> dict[str, Any]:
    (choice,) = CODEC.render_response(events, request).body["choices"]
    return {**choice["message"], "finish": choice["finish_reason"]}


def lost(events: list[Event]) -> list[str]:
    return [loss.field for loss in CODEC.render_response(events, REQUEST).losses]


@pytest.mark.parametrize("exchange", RECORDED)
def test_a_recorded_answer_is_read_whole(exchange: Any) -> None:
    body = exchange["response"]["body"]
    events = CODEC.parse_response(body)
    content = body["choices"][0]["message"].get("content") or ""
    if isinstance(content, str):
        assert text(fold(events)) == content
    assert isinstance(events[0], Start)
    assert isinstance(events[-1], Finish)


@pytest.mark.parametrize("exchange", RECORDED)
def test_a_recorded_answer_is_written_so_that_it_says_the_same(exchange: Any) -> None:
    events = CODEC.parse_response(exchange["response"]["body"])
    rendered = CODEC.render_response(events, REQUEST)
    again = fold(CODEC.parse_response(rendered.body))
    assert rendered.losses == [] or "thinking" in exchange["features"]
    assert again["usage"] == fold(events)["usage"]
    assert text(again) == text(fold(events))


@SLOW
@given(whole())
def test_any_answer_is_written_so_that_it_says_the_same(body: Any) -> None:
    events = CODEC.parse_response(body)
    rendered = CODEC.render_response(events, REQUEST)
    odd = any(isinstance(event, Finish) and event.raw == "odd" for event in events)
    assert rendered.losses == ([Loss("finish_reason")] if odd else [])
    assert plain(CODEC.parse_response(rendered.body)) == plain(events)


def plain(events: list[Event]) -> dict[int, list[Part]]:
    """The parts without how they were spelt."""
    parts = fold(events)["parts"].items()
    return {choice: [replace(part, opaque=None) for part in said] for choice, said in parts}


@SLOW
@given(damaged(whole()))
def test_a_damaged_answer_is_read_or_refused(body: Any) -> None:
    if not isinstance(body, dict):
        return
    try:
        events = CODEC.parse_response(body)
    except GatewayError as error:
        assert error.kind is not ErrorKind.INTERNAL
        return
    assert CODEC.render_response(events, REQUEST).body["choices"]


def test_azures_prompt_filter_is_an_error() -> None:
    body = {"error": {"message": "filtered", "code": "content_filter", "status": 400}}
    with pytest.raises(GatewayError, match="filtered") as caught:
        CODEC.parse_response(body)
    assert caught.value.kind is ErrorKind.UPSTREAM_REJECTED
    assert caught.value.quoted is not None
    assert caught.value.quoted.status == 400


@pytest.mark.parametrize("body", [{}, {"choices": []}, {"choices": None}, {"choices": [5]}])
def test_an_answer_without_choices_is_broken(body: Any) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_response(body)
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN


def test_an_answer_is_written_as_openai_does() -> None:
    events: list[Event] = [Start("r1", "gemini-x", 7), Open(0, Text("h")), Delta(0, "i"), Close(0)]
    events += [Usage(3, 2, 1, 1), Finish(FinishReason.STOP, "STOP")]
    assert CODEC.render_response(events, REQUEST).body == {
        "id": "chatcmpl-r1",
        "object": "chat.completion",
        "created": 7,
        "model": "gemini-x",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "hi", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 3,
            "completion_tokens": 2,
            "total_tokens": 5,
            "prompt_tokens_details": {"cached_tokens": 1},
            "completion_tokens_details": {"reasoning_tokens": 1},
        },
    }


def test_calls_end_with_tool_calls_whatever_the_upstream_says() -> None:
    answer = message(said(ToolCall("", "f", signature=GEMINI)))
    (call,) = answer["tool_calls"]
    assert answer["finish"] == "tool_calls"
    assert answer["content"] is None
    assert call["id"].startswith("call_")
    assert call["function"] == {"name": "f", "arguments": "{}"}
    assert call["extra_content"] == {"google": {"thought_signature": "c2ln"}}


def test_a_client_of_the_old_functions_gets_a_function_call() -> None:
    tool = FunctionTool("f", opaque=Opaque(Dialect.OPENAI_CHAT, shape={"legacy": True}))
    answer = message(said(ToolCall("c", "f", "{}")), Request(model="m", turns=(), tools=(tool,)))
    assert answer["function_call"] == {"name": "f", "arguments": "{}"}
    assert answer["finish"] == "function_call"
    assert "tool_calls" not in answer


def test_thoughts_are_reasoning_content() -> None:
    answer = message(said(Thinking("hm"), Text("hi")))
    assert (answer["reasoning_content"], answer["content"]) == ("hm", "hi")


def test_a_refusal_ends_with_stop() -> None:
    answer = message(said(Refusal("no"), reason=FinishReason.REFUSED))
    assert (answer["refusal"], answer["content"], answer["finish"]) == ("no", None, "stop")


def test_media_and_code_are_shown() -> None:
    picture, sound = Media("image/png", "aGk="), Media("audio/wav", "aGk=")
    answer = message(said(Text("a"), Code("x = 1", "PYTHON"), CodeResult("1"), picture, sound))
    assert answer["content"] == "a\n```python\nx = 1\n```\n\n```output\n1\n```\n"
    url = {"url": "data:image/png;base64,aGk="}
    assert answer["images"] == [{"type": "image_url", "image_url": url, "index": 0}]
    assert answer["audio"]["data"] == "aGk="


def test_citations_move_with_the_text() -> None:
    cite = Cite((Citation("https://a", "A", 1, 2), Citation("https://b", "B", 2, 3)))
    events = said(Text("ab"), Code("1"), Text("c"))
    notes = message([*events[:-1], cite, events[-1]])["annotations"]
    places = [(n["url_citation"]["start_index"], n["url_citation"]["end_index"]) for n in notes]
    content = message(events)["content"]
    assert [content[start:end] for start, end in places] == ["b", "c"]


def test_a_signature_of_text_is_in_the_messages_slot() -> None:
    events = [*said(Text("hi"))[:-2], Close(0, GEMINI), Finish(FinishReason.STOP)]
    assert message(events)["extra_content"] == {"google": {"thought_signature": "c2ln"}}


def test_logprobs_are_the_choices() -> None:
    tokens = (TokenLogprob("é", -0.5, top=(TokenLogprob("e", -1.0),)),)
    events: list[Event] = [Logprobs(tokens), *said(Text("é"))]
    (choice,) = CODEC.render_response(events, REQUEST).body["choices"]
    assert choice["logprobs"]["content"] == [
        {
            "token": "é",
            "logprob": -0.5,
            "bytes": [195, 169],
            "top_logprobs": [{"token": "e", "logprob": -1.0, "bytes": [101]}],
        }
    ]


def test_what_chat_cannot_say_is_a_loss() -> None:
    other = Opaque(Dialect.GEMINI, {"safetyRatings": []})
    assert lost(said(Media("video/mp4", "aGk="))) == ["video"]
    assert lost(said(Foreign(Opaque(Dialect.GEMINI, {"toolCall": {}})))) == ["toolCall"]
    assert lost([*said(Text("a"), Thinking("b", GEMINI)), Extra(other)]) == [
        "safetyRatings",
        "signature",
    ]


def test_candidates_are_in_order() -> None:
    events: list[Event] = [
        Start("r", "m"),
        Open(0, Text("b"), 1),
        Close(0),
        Open(1, Text("a"), 0),
        Close(1),
    ]
    choices = CODEC.render_response(events, REQUEST).body["choices"]
    assert [choice["message"]["content"] for choice in choices] == ["a", "b"]
