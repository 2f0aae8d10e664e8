"""The listener agrees with the parser about tokens and failures, and says nothing else."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dialects.openai_chat import CODEC
from proxy.errors import GatewayError
from proxy.ir import Batch, Event, Start, Usage
from tests.proxy.dialects.openai_chat.answers import streamed, whole
from tests.proxy.dialects.openai_chat.mutate import damaged
from tests.proxy.dialects.openai_chat.streams import cut, delta, sse, told
from tests.proxy.dialects.openai_chat.test_request import CORPUS, SLOW
from tests.proxy.dialects.openai_chat.test_response import RECORDED as ANSWERS
from tests.proxy.dialects.openai_chat.test_stream import RECORDED as STREAMS

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def heard(data: bytes, size: int = 0) -> tuple[Batch, GatewayError | None]:
    listener = CODEC.listener()
    events: Batch = []
    try:
        for piece in cut(data, size or len(data) or 1):
            events += listener.feed(piece)
        events += listener.flush()
    except GatewayError as error:
        return events, error
    return events, None


def total(events: list[Event]) -> Usage | None:
    """The usage that counts."""
    return next((event for event in reversed(events) if isinstance(event, Usage)), None)


def head(events: list[Event]) -> list[tuple[str, str, int]]:
    return [(e.id, e.model, e.created) for e in events if isinstance(e, Start)]


def agree(data: bytes, size: int = 0) -> None:
    """What both say of a stream; a failure ends it with the same words."""
    events, error = told(data, size)
    few, same = heard(data, size)
    assert (same and (same.kind, same.message)) == (error and (error.kind, error.message))
    assert total(few) == total(events)
    assert head(few) == head(events)
    assert all(isinstance(event, Start | Usage) for event in few)


@pytest.mark.parametrize("exchange", STREAMS)
def test_a_recorded_stream_is_heard_as_it_is_read(exchange: Any) -> None:
    data = exchange["response"]["sse"].encode()
    for size in (0, 1, 64):
        agree(data, size)


@pytest.mark.parametrize("exchange", ANSWERS)
def test_a_recorded_answer_is_heard_as_it_is_read(exchange: Any) -> None:
    body = exchange["response"]["body"]
    few = CODEC.listener().whole(msgspec.json.encode(body))
    events = CODEC.parse_response(body)
    assert (total(few), head(few)) == (total(events), head(events))


@pytest.mark.parametrize("name", ["groq-error", "openrouter-error", "azure-error"])
def test_a_failure_is_heard_at_any_cut(name: str) -> None:
    data = json.loads((CORPUS / f"stream-{name}.json").read_text())["sse"].encode()
    for size in (0, 1, 5):
        assert heard(data, size)[1] is not None
        agree(data, size)


@SLOW
@given(st.data())
def test_any_stream_is_heard_as_it_is_read(data: st.DataObject) -> None:
    chunks = data.draw(whole().flatmap(streamed))
    agree(sse(*chunks, done=data.draw(st.booleans())), data.draw(st.integers(0, 60)))


@SLOW
@given(damaged(whole().flatmap(streamed)))
def test_a_damaged_stream_is_heard_or_refused(chunks: Any) -> None:
    lines = chunks if isinstance(chunks, list) else [chunks]
    wire = sse(*[json.dumps(line) if isinstance(line, str) else line for line in lines])
    (few, failed), (events, error) = heard(wire), told(wire)
    # What only a translation cannot do (an unreadable picture) is no failure of the upstream's.
    assert failed is None or error is not None
    if error is None:
        assert total(few) == total(events)


@SLOW
@given(damaged(whole()))
def test_a_damaged_answer_is_heard_or_refused(body: Any) -> None:
    try:
        few = CODEC.listener().whole(msgspec.json.encode(body))
    except GatewayError:
        with pytest.raises(GatewayError):
            CODEC.parse_response(body if isinstance(body, dict) else {})
        return
    try:
        events = CODEC.parse_response(body)
    except GatewayError as error:
        assert "picture" in error.message
        return
    assert (total(few), head(few)) == (total(events), head(events))


@pytest.mark.parametrize(
    "chunks",
    [
        [delta(content="a"), delta(finish="stop") | {"usage": USAGE}],
        [delta(content="a") | {"usage": USAGE}, delta(finish="stop") | {"usage": USAGE}],
        [delta(finish="stop"), {"id": "x", "choices": [], "usage": USAGE}],
        [delta(content="a"), delta(finish="stop") | {"x_groq": {"usage": USAGE}}],
        [delta(content="a"), delta(finish="stop") | {"usage": USAGE, "choices": [5]}],
    ],
    ids=["finish", "every", "after", "groq", "odd-choices"],
)
def test_usage_is_heard_wherever_it_is(chunks: list[Any]) -> None:
    events, error = heard(sse(*chunks))
    assert error is None
    assert total(events) == Usage(3, 2)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"5", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{"error": "x"}]}'],
)
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(GatewayError):
        CODEC.listener().whole(body)


def test_a_broken_stream_is_refused_at_its_end() -> None:
    listener = CODEC.listener()
    assert len(listener.feed(sse(delta(content="hi"), done=False))) == 1
    with pytest.raises(GatewayError, match="broke"):
        listener.flush()


def test_one_object_may_answer_for_a_stream() -> None:
    body = delta(content="hi") | {"usage": USAGE}
    assert total(heard(json.dumps(body).encode())[0]) == Usage(3, 2)
