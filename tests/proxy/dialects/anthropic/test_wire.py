"""The recordings: read, written again, and cut anywhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC, COUNTING, MODELS
from proxy.dialects.base import ModelInfo
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch, FinishReason, Request, Start, Text, Thinking, ToolCall, Usage
from tests.proxy.dialects.anthropic.fold import Folded, streamed
from tests.proxy.dialects.anthropic.wire import (
    LEFT_OUT,
    MALFORMED,
    asked,
    data,
    kind,
    model,
    recorded,
    told,
)
from tests.support.wire import FOLDER, Exchange, exchanges

PROMPTS = exchanges("anthropic", asked)
ANSWERS = recorded("whole", "stream")
QUESTION = Request(model="m", turns=())


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the recorded traffic is not on this machine")
def test_every_recording_is_used() -> None:
    kinds = [kind(param.values[0]) for param in exchanges("anthropic")]
    assert len(kinds) == 42
    assert kinds.count("left out") == len(LEFT_OUT)


@pytest.mark.parametrize("exchange", PROMPTS)
def test_a_request_is_written_as_it_came(exchange: Exchange) -> None:
    body = exchange["request"]["body"]
    rendered = CODEC.render_request(CODEC.parse_request(body, model=model(exchange)))
    assert rendered.body == body
    assert rendered.losses == []


@pytest.mark.parametrize("exchange", exchanges("anthropic", lambda one: one["id"] in MALFORMED))
def test_what_anthropic_refuses_is_refused(exchange: Exchange) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_request(exchange["request"]["body"])
    assert (caught.value.kind, caught.value.param) == (ErrorKind.INVALID_REQUEST, "messages[0]")


def events_of(exchange: Exchange) -> Batch:
    if kind(exchange) == "stream":
        return streamed(data(exchange))
    return CODEC.parse_response(exchange["response"]["body"])


@pytest.mark.parametrize("exchange", ANSWERS)
def test_an_answer_is_understood(exchange: Exchange) -> None:
    folded = Folded(events_of(exchange))
    assert folded.start is not None
    assert folded.start.id.startswith("msg_")
    assert folded.finish is not None
    assert folded.finish.reason is not FinishReason.OTHER
    assert None not in folded.usage[:2]


def joined(events: list[Any]) -> dict[str, Any]:
    """The events of a stream as the whole answer that they are."""
    whole: dict[str, Any] = {}
    for event in events:
        match event["type"]:
            case "message_start":
                whole = {**event["message"], "content": []}
            case "content_block_start":
                whole["content"].append({**event["content_block"], "json": ""})
            case "content_block_delta":
                _grow(whole["content"][event["index"]], event["delta"])
            case "message_delta":
                rest = {k: v for k, v in event.items() if k not in ("type", "delta", "usage")}
                whole |= {**event["delta"], **rest}
                whole["usage"] = {**whole["usage"], **event["usage"]}
    for block in whole["content"]:
        said = block.pop("json")
        if said:
            block["input"] = json.loads(said)
    return whole


def _grow(block: dict[str, Any], delta: dict[str, Any]) -> None:
    for key, value in delta.items():
        if key == "partial_json":
            block["json"] += value
        elif key == "citation":
            block["citations"].append(value)
        elif key != "type":
            block[key] = block.get(key, "") + value


@pytest.mark.parametrize("exchange", recorded("stream"))
def test_a_stream_says_what_the_whole_answer_says(exchange: Exchange) -> None:
    whole = CODEC.parse_response(joined(told(exchange)))
    assert Folded(streamed(data(exchange))) == Folded(whole)


@pytest.mark.parametrize("exchange", recorded("stream"))
def test_a_stream_may_be_cut_anywhere(exchange: Exchange) -> None:
    wire = data(exchange)
    expected = streamed(wire)
    if len(wire) < 20_000:
        assert streamed(wire, list(range(1, len(wire)))) == expected
    for size in (7, 64, 1009):
        assert streamed(wire, list(range(size, len(wire), size))) == expected


@pytest.mark.parametrize("exchange", recorded("stream"))
def test_event_lines_may_be_missing(exchange: Exchange) -> None:
    lines = [line for line in data(exchange).split(b"\n") if not line.startswith(b"event:")]
    assert streamed(b"\n".join(lines)) == streamed(data(exchange))


@pytest.mark.parametrize("exchange", ANSWERS)
def test_a_written_stream_says_the_same(exchange: Exchange) -> None:
    events = events_of(exchange)
    renderer = CODEC.event_renderer(QUESTION)
    wire = b"".join(renderer.feed([event]) for event in events) + renderer.flush()
    assert Folded(streamed(wire)) == Folded(events)
    assert renderer.losses == []


@pytest.mark.parametrize("exchange", ANSWERS)
def test_a_written_answer_says_the_same(exchange: Exchange) -> None:
    events = events_of(exchange)
    rendered = CODEC.render_response(events, QUESTION)
    assert Folded(CODEC.parse_response(rendered.body)) == Folded(events)
    assert rendered.losses == []


@pytest.mark.parametrize("exchange", recorded("whole"))
def test_a_whole_answer_is_written_as_it_came(exchange: Exchange) -> None:
    body = exchange["response"]["body"]
    written = CODEC.render_response(CODEC.parse_response(body), QUESTION).body
    lost = {k for k, v in body.items() if v is not None and written.get(k) != v}
    assert lost <= {"context_management"}, "an empty list of edits says nothing"


@pytest.mark.parametrize("exchange", recorded("stream"))
def test_a_listener_hears_the_start_and_the_usage(exchange: Exchange) -> None:
    listener = CODEC.listener()
    heard = listener.feed(data(exchange)) + listener.flush()
    said = [event for event in streamed(data(exchange)) if isinstance(event, Start | Usage)]
    assert heard == said


@pytest.mark.parametrize("exchange", recorded("error"))
def test_an_error_under_200_is_raised(exchange: Exchange) -> None:
    with pytest.raises(GatewayError):
        CODEC.parse_response(exchange["response"]["body"])


@pytest.mark.parametrize("exchange", recorded("count"))
def test_a_count_is_read(exchange: Exchange) -> None:
    body = exchange["response"]["body"]
    assert COUNTING.render_response(COUNTING.parse_response(body)) == body


@pytest.mark.parametrize("exchange", recorded("models"))
def test_models_are_listed_as_anthropic_lists_them(exchange: Exchange) -> None:
    body = exchange["response"]["body"]
    ours = MODELS.render_list([ModelInfo("claude-x", "anthropic", 1)], {})
    assert ours.keys() == body.keys()
    assert ours["data"][0].keys() == body["data"][0].keys()


@pytest.mark.parametrize("exchange", recorded("stream"))
def test_parts_have_what_they_need(exchange: Exchange) -> None:
    for part in Folded(streamed(data(exchange))).parts:
        match part:
            case ToolCall():
                assert part.id
                assert part.name
            case Thinking():
                assert part.signature is not None
            case Text():
                assert part.signature is None
