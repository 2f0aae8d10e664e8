"""Every recorded request of one dialect, written for another: nothing breaks, all losses told.

The simulator's rules are an independent witness of what Anthropic accepts.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.simulator.anthropic import rules
from proxy.dialects.anthropic import CODEC
from proxy.dialects.base import Codec
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.dialects.openai_chat import CODEC as CHAT
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Request
from tests.proxy.dialects.anthropic import bodies
from tests.proxy.dialects.anthropic.fold import streamed
from tests.proxy.dialects.anthropic.test_request import SLOW
from tests.proxy.dialects.anthropic.wire import asked, model, recorded
from tests.proxy.dialects.anthropic.wire import data as stream_of
from tests.proxy.dialects.gemini import bodies as gemini_bodies
from tests.proxy.dialects.openai_chat import answers as chat_answers
from tests.proxy.dialects.openai_chat import bodies as chat_bodies
from tests.support.wire import Exchange, exchanges

OTHERS: dict[str, Codec] = {"gemini": GEMINI, "openai_chat": CHAT}
OURS = exchanges("anthropic", asked)
QUESTION = Request(model="m", turns=())

REFUSED = (
    "takes no audio",
    "takes no video",
    "n must be 1",
    "only Google can read",
    "no URL",
    "by its id",
)
"""What would change the meaning if it were dropped, and so is refused with these words."""

LOST = {
    *("allowed_tools", "choices", "detail", "frequency_penalty", "include_thoughts", "logprobs"),
    *("modalities", "presence_penalty", "reasoning", "refusal", "response_format", "seed"),
    *("signature", "strict", "system order", "system role", "temperature", "thinking", "top_p"),
    *("top_k", "image", "arguments", "tool_choice", "description", "stop", "format", "file"),
    *("aspect_ratio", "image_size", "thinking_budget", "audio", "video"),
}
"""What this renderer itself reports; all other losses are fields that only the origin knows."""


def gemini_model(exchange: Exchange) -> str:
    name, _, _ = exchange["request"]["path"].rpartition("/")[2].partition(":")
    return str(name)


def asks(field: str, exchange: Exchange) -> bool:
    body = exchange["request"]["body"]
    return isinstance(body, dict) and field in body


PROMPTS = [
    *[("gemini", p) for p in exchanges("gemini", lambda one: asks("contents", one))],
    *[("openai_chat", p) for p in exchanges("openai-chat", lambda one: asks("messages", one))],
    *[
        ("openai_chat", p)
        for p in exchanges("openai-compatible", lambda one: asks("messages", one))
    ],
]


@pytest.mark.parametrize("target", ["claude-sonnet-4-5", "claude-opus-5-5"])
@pytest.mark.parametrize(
    ("origin", "exchange"),
    [pytest.param(name, *p.values, id=p.id, marks=p.marks) for name, p in PROMPTS],
)
def test_anthropic_accepts_what_the_others_ask(
    origin: str, exchange: Exchange, target: str
) -> None:
    codec, body = OTHERS[origin], exchange["request"]["body"]
    try:
        request = codec.parse_request(body, model=gemini_model(exchange))
        rendered = CODEC.render_request(replace(request, model=target))
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        if codec is CHAT:
            assert any(words in error.message for words in REFUSED), error.message
        return
    rules.check(rendered.body)
    known = {loss.field for loss in rendered.losses if loss.field in LOST}
    opaque = {loss.field for loss in rendered.losses} - known
    assert all(field not in str(rendered.body.keys()) for field in opaque)


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("exchange", OURS)
def test_the_others_are_asked_what_anthropics_clients_ask(exchange: Exchange, other: Codec) -> None:
    request = CODEC.parse_request(exchange["request"]["body"], model=model(exchange))
    try:
        rendered = other.render_request(request)
    except GatewayError as error:
        # No upstream but Anthropic fetches a document by its URL yet.
        assert "URL" in error.message or "by its id" in error.message
        return
    assert rendered.body
    assert all(loss.field for loss in rendered.losses)


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("exchange", recorded("whole", "stream"))
def test_the_others_clients_get_anthropics_answers(exchange: Exchange, other: Codec) -> None:
    response = exchange["response"]
    whole = "body" in response
    events = CODEC.parse_response(response["body"]) if whole else streamed(stream_of(exchange))
    renderer = other.event_renderer(QUESTION)
    wire = renderer.feed(events) + renderer.flush()
    assert wire
    assert other.render_response(events, QUESTION).body


ANSWERED = [
    *[("gemini", p) for p in exchanges("gemini", lambda one: "candidates" in str(one["response"]))],
    *[("openai_chat", p) for p in exchanges("openai-chat", lambda one: asks("messages", one))],
    *[
        ("openai_chat", p)
        for p in exchanges("openai-compatible", lambda one: asks("messages", one))
    ],
]


def heard(codec: Codec, exchange: Exchange) -> Any:
    """The events of a recorded answer, None for one that is an error."""
    response = exchange["response"]
    try:
        if "sse" in response:
            parser = codec.event_parser()
            return parser.feed(response["sse"].encode()) + parser.flush()
        return codec.parse_response(response["body"]) if "body" in response else None
    except (GatewayError, AttributeError):
        return None


@pytest.mark.parametrize(
    ("origin", "exchange"),
    [pytest.param(name, *p.values, id=p.id, marks=p.marks) for name, p in ANSWERED],
)
def test_anthropics_clients_get_the_others_answers(origin: str, exchange: Exchange) -> None:
    events = heard(OTHERS[origin], exchange)
    if events is None:
        return
    renderer = CODEC.event_renderer(QUESTION)
    wire = b"".join(renderer.feed([event]) for event in events) + renderer.flush()
    whole = CODEC.render_response(events, QUESTION).body
    one = [b for b in content_of(wire) if b["type"] != "thinking"]
    other = [b for b in whole["content"] if b["type"] != "thinking"]
    # Only the blocks that carry signatures may stand elsewhere.
    assert one == other
    assert streamed(wire)


def content_of(wire: bytes) -> list[Any]:
    content = CODEC.render_response(streamed(wire), QUESTION).body["content"]
    return list(content)


@SLOW
@given(bodies.requests)
def test_any_request_can_be_said_to_the_others_or_is_refused(body: Any) -> None:
    request = CODEC.parse_request(body)
    for other in OTHERS.values():
        try:
            assert other.render_request(request).body
        except GatewayError as error:
            assert error.kind is ErrorKind.INVALID_REQUEST


@SLOW
@given(gemini_bodies.prompts, st.sampled_from(["claude-sonnet-4-5", "claude-opus-5-5"]))
def test_any_gemini_prompt_can_be_said_or_is_refused(body: Any, target: str) -> None:
    said_or_refused(GEMINI, body, target)


@SLOW
@given(chat_bodies.requests, st.sampled_from(["claude-sonnet-4-5", "claude-opus-5-5"]))
def test_any_chat_request_can_be_said_or_is_refused(body: Any, target: str) -> None:
    said_or_refused(CHAT, body, target)


def said_or_refused(codec: Codec, body: Any, target: str) -> None:
    try:
        request = codec.parse_request(body, model="m")
        rendered = CODEC.render_request(replace(request, model=target))
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        return
    roles = [message["role"] for message in rendered.body["messages"]]
    assert all(one != other for one, other in pairwise(roles))
    assert rendered.body["max_tokens"] is not None


@SLOW
@given(chat_answers.whole())
def test_any_chat_answer_reads_the_same_streamed_and_whole(body: Any) -> None:
    events = CHAT.parse_response(body)
    renderer = CODEC.event_renderer(QUESTION)
    wire = renderer.feed(events) + renderer.flush()
    assert content_of(wire) == CODEC.render_response(events, QUESTION).body["content"]
