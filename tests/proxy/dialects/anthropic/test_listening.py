from __future__ import annotations

import json
from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC
from proxy.errors import GatewayError
from proxy.ir import Start, Usage
from tests.proxy.dialects.anthropic.fold import end, sse, start, text

WHOLE = {"type": "message", "id": "msg_1", "model": "c", "content": [], "usage": {}}


def test_it_hears_the_start_and_every_usage() -> None:
    listener = CODEC.listener()
    wire = sse(start(), *text(0, "a"), *end())
    heard = [event for cut in range(len(wire)) for event in listener.feed(wire[cut : cut + 1])]
    assert [type(event) for event in heard] == [Start, Usage, Usage]
    assert listener.flush() == []


def test_it_raises_what_is_reported_in_mid_answer() -> None:
    listener = CODEC.listener()
    listener.feed(sse(start()))
    with pytest.raises(GatewayError):
        listener.feed(sse({"type": "error", "error": {"type": "overloaded_error"}}))


def test_it_notices_a_stream_that_breaks_off() -> None:
    listener = CODEC.listener()
    listener.feed(sse(start(), *text(0, "a")))
    with pytest.raises(GatewayError):
        listener.flush()


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ({}, [Start]),
        ({"usage": {"output_tokens": 1}}, [Start, Usage]),
        ({"id": None, "usage": []}, [Start]),
    ],
)
def test_it_hears_a_whole_answer(more: Any, kinds: Any) -> None:
    heard = CODEC.listener().whole(json.dumps({**WHOLE, **more}).encode())
    assert [type(event) for event in heard] == kinds


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"type":"error"}', b'{"error":"x"}'])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(GatewayError):
        CODEC.listener().whole(body)


@pytest.mark.parametrize("said", [b"\xff", b"\\ud800"], ids=["no UTF-8", "half a character"])
def test_an_error_that_cannot_be_read_is_one(said: bytes) -> None:
    with pytest.raises(GatewayError):
        CODEC.listener().whole(b'{"type": "error", "error": {"message": "' + said + b'"}}')
