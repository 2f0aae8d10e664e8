from __future__ import annotations

import json

import pytest

from proxy.dialects.code_assist.rendering import Array, Events
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Close,
    Delta,
    Dialect,
    Event,
    Extra,
    Finish,
    FinishReason,
    Opaque,
    Open,
    Ping,
    Start,
    Text,
    Usage,
)
from tests.proxy.dialects.code_assist.wrapped import streamed
from tests.proxy.dialects.gemini.fold import Folded

ANSWER: list[Event] = [
    Start("r", "m"),
    Open(0, Text("")),
    Delta(0, "hel\u2028lo"),
    Close(0),
    Usage(3, 2),
    Finish(FinishReason.STOP),
]
PAID = Extra(Opaque(Dialect.CODE_ASSIST, {"remainingCredits": [1]}))


def events_of(wire: bytes) -> list[dict[str, object]]:
    return [json.loads(event[6:]) for event in wire.split(b"\r\n\r\n") if event]


def test_an_event_is_one_line_in_an_envelope() -> None:
    renderer = Events()
    wire = renderer.feed(ANSWER) + renderer.flush()
    assert wire.startswith(b'data: {"response":{"candidates":[')
    assert wire.endswith(b"}\r\n\r\n")
    assert wire.count(b"\n") == 2
    assert b"traceId" not in wire


def test_a_keep_alive_is_a_bare_newline() -> None:
    assert Events().feed([Ping()]) == Array().feed([Ping()]) == b"\n"


@pytest.mark.parametrize("array", [False, True], ids=["sse", "array"])
def test_a_stream_with_keep_alives_is_still_read(array: bool) -> None:
    renderer = Array() if array else Events()
    wire = b"".join(renderer.feed([event, Ping()]) for event in ANSWER) + renderer.flush()
    assert Folded(streamed(wire)).finishes.keys() == {0}


def test_what_was_paid_goes_with_the_next_event() -> None:
    renderer = Events()
    [first] = events_of(renderer.feed([*ANSWER[:3], PAID]))
    assert first["remainingCredits"] == [1]
    assert "remainingCredits" not in events_of(renderer.feed(ANSWER[3:]))[0]


def test_what_comes_after_the_last_event_is_said_at_the_end() -> None:
    renderer = Events()
    renderer.feed(ANSWER)
    assert renderer.feed([PAID]) == b""
    assert events_of(renderer.flush()) == [{"response": {}, "remainingCredits": [1]}]


def test_a_failure_is_bare_json() -> None:
    wire = Events().fail(GatewayError(ErrorKind.UPSTREAM_BROKEN, "It broke."))
    assert json.loads(wire)["error"]["status"] == "UNAVAILABLE"


def test_an_array_ends_with_its_failure() -> None:
    renderer = Array()
    wire = renderer.feed(ANSWER[:3]) + renderer.fail(GatewayError(ErrorKind.INTERNAL, "Oh."))
    first, last = json.loads(wire)
    assert first.keys() == {"response"}
    assert last["error"]["code"] == 500


def test_an_answer_that_says_nothing_is_an_empty_array() -> None:
    assert json.loads(Array().flush()) == []
