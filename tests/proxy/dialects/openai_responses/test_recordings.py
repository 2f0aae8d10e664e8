"""Every recorded exchange of this dialect and its relatives, read and written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from proxy.dialects.openai_responses import CODEC, failures
from proxy.errors import GatewayError
from proxy.ir import Batch, Start, Text, Thinking, Usage
from tests.proxy.dialects.openai_responses.folding import Folded, bare, fold, text
from tests.proxy.dialects.openai_responses.streams import ASKED, shown, told, written
from tests.support.wire import FOLDER, Exchange, exchanges


def speaks(exchange: Exchange) -> bool:
    return "/responses" in exchange["request"]["path"]


def asks(exchange: Exchange) -> bool:
    return speaks(exchange) and isinstance(exchange["request"]["body"], dict)


def streams(exchange: Exchange) -> bool:
    return speaks(exchange) and "sse" in exchange["response"]


def answers(exchange: Exchange) -> bool:
    if not speaks(exchange) or exchange["id"].startswith(FAILED):
        return False
    body = exchange["response"].get("body")
    return body is None or ("output" in body and body.get("status") != "in_progress")


NEEDS_STORAGE = {
    "openai-responses--background-mode-streaming-vcr-01caa3": "background",
    "openai-responses--openai-conversation-id-preserves-mismatched-history-ac07f7": "conversation",
    "openai-responses--openai-responses-compact-with-auto-previous-response-id-b56a9a": (
        "previous_response_id"
    ),
}
FAILED = "openai-responses--stream-rate-limited"
# The source project edited these: a text that its deltas do not give, items that are never done.
EDITED = (
    "openai-responses--openai-shell-container",
    "openai-responses--openai-responses-model-mcp",
)


def recorded(where: Any) -> list[Any]:
    found = [*exchanges("openai-responses", where), *exchanges("openai-compatible", where)]
    # Without the recordings each list holds one test that is skipped.
    return found[:1] if not FOLDER.is_dir() else found


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the recorded traffic is not on this machine")
def test_every_recording_is_used() -> None:
    assert len(recorded(speaks)) == 44
    assert len(recorded(asks)) == 35
    assert len(recorded(streams)) == 29


@pytest.mark.parametrize("exchange", recorded(asks))
def test_a_recorded_request_is_written_as_it_came(exchange: Exchange) -> None:
    body = exchange["request"]["body"]
    if exchange["id"] in NEEDS_STORAGE:
        with pytest.raises(GatewayError) as caught:
            CODEC.parse_request(body)
        assert caught.value.param == NEEDS_STORAGE[exchange["id"]]
        return
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body == body
    assert rendered.losses == []


def events_of(exchange: Exchange) -> Batch:
    response = exchange["response"]
    if "sse" not in response:
        return CODEC.parse_response(response["body"])
    events, error = told(response["sse"].encode())
    assert error is None, error
    return events


def lines(exchange: Exchange) -> list[Any]:
    data = exchange["response"]["sse"].split("\n")
    return [json.loads(line[6:]) for line in data if line.startswith("data: ")]


@pytest.mark.parametrize("exchange", recorded(streams))
def test_a_recorded_stream_says_the_same_at_every_cut(exchange: Exchange) -> None:
    data = exchange["response"]["sse"].encode()
    events, error = told(data)
    for size in (1, 7, 64) if len(data) < 20_000 else (101,):
        again, same = told(data, size)
        assert again == events
        assert (same and same.message) == (error and error.message)


@pytest.mark.parametrize("exchange", recorded(streams))
def test_a_recorded_streams_text_is_complete(exchange: Exchange) -> None:
    events, error = told(exchange["response"]["sse"].encode())
    said = [line["delta"] for line in lines(exchange) if line["type"].endswith("_text.delta")]
    if error is None and "shell-container" not in exchange["id"]:
        thoughts = [part.text for part in fold(events)["parts"] if isinstance(part, Thinking)]
        whole = "".join([*thoughts, text(fold(events))])
        assert sorted(whole.replace("\n", "")) == sorted("".join(said).replace("\n", ""))


def unsigned(folded: Folded) -> list[Any]:
    """The parts without proofs, which OpenAI makes anew for each event that repeats an item."""
    parts = map(bare, folded["parts"])
    return [replace(part, signature=None) if hasattr(part, "signature") else part for part in parts]


@pytest.mark.parametrize(
    "exchange",
    recorded(lambda one: streams(one) and answers(one) and not one["id"].startswith(EDITED)),
)
def test_a_recorded_stream_says_what_its_last_event_says(exchange: Exchange) -> None:
    streamed = fold(events_of(exchange))
    whole = fold(CODEC.parse_response(lines(exchange)[-1]["response"]))
    assert unsigned(streamed) == unsigned(whole)
    for name in ("usage", "finish", "cites", "start", "extra"):
        assert streamed[name] == whole[name]


def heard(folded: Folded) -> Folded:
    """What must survive writing: not the name of an answer, nor texts that say nothing."""
    start: Start = folded["start"]
    parts = [part for part in unsigned(folded) if part != Text("")]
    parts = [replace(part, id="") if hasattr(part, "id") else part for part in parts]
    return folded | {"start": (start.model, start.created), "parts": parts}


@pytest.mark.parametrize("exchange", recorded(answers))
def test_an_answer_that_was_rendered_says_the_same(exchange: Exchange) -> None:
    events = events_of(exchange)
    wire = written(events)
    again, error = told(wire)
    assert error is None
    assert heard(fold(again)) == heard(fold(events))
    numbers = [line["sequence_number"] for line in shown(wire)]
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize("exchange", recorded(answers))
def test_a_whole_answer_is_the_last_event_of_its_stream(exchange: Exchange) -> None:
    events = events_of(exchange)
    rendered = CODEC.render_response(events, ASKED)
    assert rendered.losses == []
    assert shown(written(events))[-1]["response"] == rendered.body


@pytest.mark.parametrize(
    "exchange",
    recorded(lambda one: speaks(one) and (one["response"]["status"] >= 400 or not answers(one))),
)
def test_a_recorded_failure_is_understood(exchange: Exchange) -> None:
    response = exchange["response"]
    if "sse" in response:
        _, error = told(response["sse"].encode())
        assert error is not None
        assert error.message == lines(exchange)[-1]["response"]["error"]["message"]
    elif response["status"] >= 400:
        error = failures.found(response["body"])
        assert error is not None
        assert error.message
    else:
        with pytest.raises(GatewayError, match=r"holds no output|has not finished"):
            CODEC.parse_response(response["body"])


@pytest.mark.parametrize("exchange", recorded(streams))
def test_a_listener_hears_the_start_and_the_tokens(exchange: Exchange) -> None:
    data = exchange["response"]["sse"].encode()
    events, error = told(data)
    for size in (0, 101):
        heard, same = told(data, size, CODEC.listener())
        assert heard == [event for event in events if isinstance(event, Start | Usage)]
        assert (same and same.message) == (error and error.message)
