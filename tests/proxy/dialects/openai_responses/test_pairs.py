"""Every recorded conversation of one dialect in another: nothing raises but what must, and what is
lost is named."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Codec
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.dialects.openai_chat import CODEC as CHAT
from proxy.dialects.openai_responses import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch, Finish, FinishReason, Foreign, Request, Thinking, ToolCall, ToolResult
from tests.proxy.dialects.openai_responses.folding import fold, text
from tests.proxy.dialects.openai_responses.streams import ASKED, told, written
from tests.proxy.dialects.openai_responses.test_recordings import (
    NEEDS_STORAGE,
    answers,
    asks,
    events_of,
    recorded,
)
from tests.support.wire import Exchange, exchanges


def chats(exchange: Exchange) -> bool:
    body = exchange["request"]["body"]
    return isinstance(body, dict) and "messages" in body


def generates(exchange: Exchange) -> bool:
    body = exchange["request"]["body"]
    return isinstance(body, dict) and "contents" in body and "ontent" in exchange["request"]["path"]


CHATS = [*exchanges("openai-chat", chats), *exchanges("openai-compatible", chats)]
GEMINIS = exchanges("gemini", generates)

REFUSED = (
    "takes no video",
    "only Google can read",
    "by URL is not taken",
    "gives one answer",
    "by its id",
)
"""What would change the meaning if it were left out."""


def asked(exchange: Exchange) -> Request:
    body = exchange["request"]["body"]
    if "contents" in body:
        name = exchange["request"]["path"].rpartition("/")[2].partition(":")[0]
        return GEMINI.parse_request(body, model=name)
    return CHAT.parse_request(body)


@pytest.mark.parametrize("exchange", [*CHATS, *GEMINIS])
def test_a_request_of_another_dialect_is_written(exchange: Exchange) -> None:
    request = asked(exchange)
    try:
        rendered = CODEC.render_request(request)
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        assert any(words in error.message for words in REFUSED), error.message
        return
    assert rendered.body["store"] is False
    again = CODEC.parse_request(rendered.body)
    assert CODEC.render_request(again).body == rendered.body
    assert calls(again) == calls(request)
    assert len(results(again)) == len(results(request))
    assert all(loss.field for loss in rendered.losses)


def calls(request: Request) -> list[tuple[str, str]]:
    parts = (part for turn in request.turns for part in turn.parts)
    found = [part for part in parts if isinstance(part, ToolCall)]
    return [(part.name, part.arguments or "{}") for part in found]


def results(request: Request) -> list[ToolResult]:
    parts = (part for turn in request.turns for part in turn.parts)
    return [part for part in parts if isinstance(part, ToolResult)]


@pytest.mark.parametrize("exchange", [*CHATS, *GEMINIS])
def test_every_result_has_its_call(exchange: Exchange) -> None:
    try:
        body = CODEC.render_request(asked(exchange)).body
    except GatewayError:
        return
    items = body["input"] if isinstance(body["input"], list) else []
    called = {item["call_id"] for item in items if item.get("type") == "function_call"}
    answered = [item for item in items if item.get("type") == "function_call_output"]
    if called:
        assert all(item["call_id"] in called for item in answered)


@pytest.mark.parametrize(
    "exchange", recorded(lambda one: asks(one) and one["id"] not in NEEDS_STORAGE)
)
@pytest.mark.parametrize("codec", [CHAT, GEMINI], ids=["chat", "gemini"])
def test_a_request_is_written_for_another_dialect(exchange: Exchange, codec: Codec) -> None:
    request = CODEC.parse_request(exchange["request"]["body"])
    try:
        rendered = codec.render_request(request)
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        assert "URL" in error.message
        return
    assert not {loss.field for loss in rendered.losses} & MODELLED


MODELLED = {"id", "status", "input", "store", "arguments", "call_id", "content", "role", "model"}


def heard(exchange: Exchange) -> Batch | None:
    """The answer of a recording; None if it is none."""
    codec: Codec = GEMINI if exchange["provider"] == "gemini" else CHAT
    response = exchange["response"]
    try:
        if "sse" not in response:
            return codec.parse_response(response["body"])
        parser = codec.event_parser()
        return parser.feed(response["sse"].encode()) + parser.flush()
    except (GatewayError, AttributeError):
        return None


def single(exchange: Exchange) -> bool:
    """Whether a recording holds exactly one answer, which is all that a response can tell."""
    events = heard(exchange) if exchange else []
    return events is not None and not any(
        isinstance(event, Finish) and event.choice for event in events
    )


@pytest.mark.parametrize(
    "exchange", [each for each in (*CHATS, *GEMINIS) if single(each.values[0])]
)
def test_an_answer_of_another_dialect_is_told(exchange: Exchange) -> None:
    events = heard(exchange) or []
    again, error = told(written(events))
    assert error is None
    before, after = fold(events), fold(again)
    assert text(after) == text(before)
    assert [part.name for part in after["parts"] if isinstance(part, ToolCall)] == [
        part.name for part in before["parts"] if isinstance(part, ToolCall)
    ]
    assert thoughts(after) == thoughts(before)
    if before["finish"].reason in TOLD:
        assert after["finish"].reason is before["finish"].reason


TOLD = {
    FinishReason.STOP,
    FinishReason.LENGTH,
    FinishReason.FILTERED,
    FinishReason.TOOL_CALLS,
    FinishReason.REFUSED,
}
"""What a response's status can say."""


def thoughts(folded: Any) -> str:
    return "".join(part.text for part in folded["parts"] if isinstance(part, Thinking))


@pytest.mark.parametrize("exchange", recorded(answers))
@pytest.mark.parametrize("codec", [CHAT, GEMINI], ids=["chat", "gemini"])
def test_an_answer_is_told_in_another_dialect(exchange: Exchange, codec: Codec) -> None:
    events = events_of(exchange)
    renderer = codec.event_renderer(ASKED)
    assert renderer.feed(events) + renderer.flush()
    whole = codec.render_response(events, ASKED)
    assert whole.body
    if any(isinstance(part, Foreign) for part in fold(events)["parts"]):
        assert whole.losses
