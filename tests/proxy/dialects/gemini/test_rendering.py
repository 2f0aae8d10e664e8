from __future__ import annotations

import json
from typing import Any

import pytest

from proxy.dialects.gemini.rendering import Array, Events
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Close, Delta, Event, Finish, FinishReason, Open, Ping, Start, Text, Usage
from tests.proxy.dialects.gemini.fold import Folded, streamed

ANSWER: list[Event] = [
    Start("r", "m"),
    Open(0, Text("")),
    Delta(0, "hel\u2028lo"),
    Close(0),
    Usage(3, 2),
    Finish(FinishReason.STOP),
]


def test_an_event_is_one_line_of_data() -> None:
    renderer = Events()
    wire = renderer.feed(ANSWER) + renderer.flush()
    assert wire.startswith(b'data: {"candidates":[')
    assert wire.endswith(b"}\r\n\r\n")
    assert wire.count(b"\n") == 2
    assert b"\xe2\x80\xa8" in wire


def test_a_keep_alive_is_a_bare_newline() -> None:
    assert Events().feed([Ping()]) == b"\n"
    assert Array().feed([Ping()]) == b"\n"


def test_a_stream_with_keep_alives_is_still_read() -> None:
    renderer = Events()
    wire = b"".join(renderer.feed([event, Ping()]) for event in ANSWER) + renderer.flush()
    assert Folded(streamed(wire)).finishes.keys() == {0}


def test_a_stream_that_fails_ends_with_bare_json() -> None:
    wire = Events().fail(GatewayError(ErrorKind.UPSTREAM_TIMEOUT, "too slow"))
    assert json.loads(wire)["error"]["status"] == "DEADLINE_EXCEEDED"
    assert wire.count(b"\n") == 2


def elements(wire: bytes) -> list[Any]:
    found = json.loads(wire)
    assert isinstance(found, list)
    return found


def test_an_array_is_framed_as_google_does() -> None:
    renderer = Array()
    wire = renderer.feed([Ping()]) + renderer.feed(ANSWER[:3])
    wire += renderer.feed([Ping()]) + renderer.feed(ANSWER[3:]) + renderer.flush()
    assert wire.lstrip().startswith(b"[{")
    assert b"}\n\n,\r\n{" in wire
    assert wire.endswith(b"}\n]")
    assert len(elements(wire)) == 2


def test_an_empty_array_is_json_too() -> None:
    assert elements(Array().flush()) == []


@pytest.mark.parametrize("before", [[], ANSWER[:3]], ids=["at once", "in the middle"])
def test_an_array_that_fails_is_still_json(before: list[Event]) -> None:
    renderer = Array()
    wire = renderer.feed(before) + renderer.fail(GatewayError(ErrorKind.INTERNAL, "sorry"))
    assert elements(wire)[-1]["error"]["message"] == "sorry"
