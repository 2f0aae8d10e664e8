"""The mock upstream: what it takes for a request, what it answers, and the recorded framing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import asks, mock, replies
from benchmarks.answers import fault, joined
from proxy import sse
from tests.support import wire

KNOWN = replies.build(burst=5)
CHAT = asks.chat({}).request


def test_a_request_is_whole_with_its_last_byte() -> None:
    assert mock.size(CHAT[:-1]) is None
    assert mock.size(CHAT + b"POST") == len(CHAT)


def test_a_chunked_request_is_whole_with_its_last_chunk() -> None:
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert mock.size(head + b"2\r\n{}\r\n") is None
    assert mock.size(head + b"2\r\n{}\r\n0\r\n\r\nGET") == len(head) + 12


@pytest.mark.parametrize(
    "ask",
    [asks.chat({}), asks.chat({}, stream=True), asks.gemini({}), asks.gemini({}, stream=True)],
    ids=["chat", "chat stream", "gemini", "gemini stream"],
)
def test_every_ask_is_answered_rightly(ask: asks.Ask) -> None:
    answer = mock.choose(ask.request, KNOWN)
    assert fault(ask, answer if isinstance(answer, bytes) else b"".join(answer)) is None


def test_usage_is_streamed_when_it_is_asked_for() -> None:
    request = b'POST /v1/chat/completions HTTP/1.1\r\n\r\n{"stream": true, "include_usage": true}'
    assert mock.choose(request, KNOWN) == KNOWN.chat_stream_usage


def test_it_streams_events_in_bursts() -> None:
    assert len(KNOWN.gemini_stream) == replies.CHUNKS / 5
    assert KNOWN.gemini_stream[1].count(b"data: ") == 5


def _shape(value: Any) -> Any:
    """Keys and types, in their order."""
    if isinstance(value, dict):
        return [(key, _shape(inner)) for key, inner in value.items()]
    return [_shape(inner) for inner in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize(
    "exchange",
    wire.exchanges("gemini", lambda each: each["id"].endswith("after-streaming-a247d2")),
)
def test_gemini_is_framed_as_recorded(exchange: wire.Exchange) -> None:
    recorded = exchange["response"]["sse"].encode()
    ours = joined(b"".join(KNOWN.gemini_stream))
    assert ours.count(b"\r\n\r\n") == ours.count(b"\n") / 2 == replies.CHUNKS
    first, sent = (json.loads(sse.Decoder().feed(each)[0].data) for each in (recorded, ours))
    # The recorded model was thinking: it counts those tokens too.
    del first["usageMetadata"]["thoughtsTokenCount"]
    assert _shape(sent) == _shape(first)
