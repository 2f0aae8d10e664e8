"""Bytes of a stream, also bad ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dialects.anthropic import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Delta, Finish, FinishReason, Open, Text
from tests.proxy.dialects.anthropic import bodies
from tests.proxy.dialects.anthropic.fold import Folded, end, outcome, sse, start, streamed, text
from tests.proxy.dialects.anthropic.test_request import SLOW

PING = {"type": "ping"}
HELLO = [start(), *text(0, "he", "llo"), *end()]
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


def test_a_ping_may_come_anywhere() -> None:
    pinged = [event for each in HELLO for event in (PING, PING, each)]
    assert streamed(sse(*pinged)) == streamed(sse(*HELLO))


def test_unknown_events_are_no_news() -> None:
    assert streamed(sse({"type": "new"}, *HELLO, {"type": "newer"})) == streamed(sse(*HELLO))


@pytest.mark.parametrize(
    "change", [(b"\n", b"\r\n"), (b"data: ", b"data:"), (b"event: ", b": a comment\nevent: ")]
)
def test_other_framings_are_understood(change: tuple[bytes, bytes]) -> None:
    wire = sse(*HELLO).replace(*change)
    expected = streamed(sse(*HELLO))
    assert streamed(wire) == expected
    assert streamed(wire, list(range(1, len(wire)))) == expected


def test_a_byte_order_mark_and_done_are_no_news() -> None:
    assert streamed(b"\xef\xbb\xbf" + sse(*HELLO) + b"data: [DONE]\n\n") == streamed(sse(*HELLO))


@pytest.mark.parametrize(
    "wire",
    [b"", sse(*HELLO[:-1]), sse(*HELLO[:3]), b"data: {broken\n\n", b"<html>", b"[1]\n", b"{}\n"],
)
def test_a_stream_without_its_end_is_broken_off(wire: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        streamed(wire)
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN


def test_what_came_before_an_error_is_told_first() -> None:
    parser = CODEC.event_parser()
    told = parser.feed(sse(*HELLO[:3], OVERLOADED))
    assert [type(event) for event in told][-2:] == [Open, Delta]
    with pytest.raises(GatewayError) as caught:
        parser.feed(sse(*HELLO[3:]))
    assert (caught.value.kind, caught.value.status) == (ErrorKind.UPSTREAM_BROKEN, 529)


@pytest.mark.parametrize(
    "wire",
    [
        sse(OVERLOADED),
        sse(OVERLOADED, named=False),
        b'event: error\ndata: {"message": "x"}\n\n',
        b"event: error\ndata: out of order\n\n",
        b'data: {"error": {"message": "x"}}\n\n',
    ],
)
def test_an_error_is_raised_whatever_its_shape(wire: bytes) -> None:
    with pytest.raises(GatewayError):
        streamed(wire)


def test_after_the_end_nothing_is_heard() -> None:
    wire = sse(*HELLO) + sse(start(), *text(0, "x")) + b"data: {broken\n\n"
    assert streamed(wire) == streamed(sse(*HELLO))


def test_an_answer_in_one_object_is_read_as_a_whole() -> None:
    body = b'{"type": "message",\n"id": "msg_1", "content": [{"type": "text", "text": "a"}]}'
    folded = Folded(streamed(body))
    assert folded.parts == [Text("a")]
    assert folded.finish == Finish(FinishReason.STOP)


def test_an_error_in_one_object_is_raised() -> None:
    with pytest.raises(GatewayError, match="too long"):
        streamed(b'{"type":"error","error":{"type":"invalid_request_error","message":"too long"}}')


@SLOW
@given(st.data())
def test_any_cut_gives_the_same(data: st.DataObject) -> None:
    events = [start(), *text(0, "äb"), *text(1, "c\u2028d"), *end(), PING]
    broken = data.draw(bodies.damaged(st.just(events)))
    events = [event for event in broken if isinstance(event, dict)] if broken else []
    wire = b"".join(sse({"type": "x", **event}) for event in events if _named(event))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(wire)), max_size=6)))
    assert outcome(wire, cuts) == outcome(wire, [])


def _named(event: dict[str, object]) -> bool:
    return isinstance(event.get("type", "x"), str) and "\n" not in str(event.get("type"))


@given(st.binary(max_size=60), st.integers(0, 60))
def test_any_bytes_are_read_or_refused(data: bytes, cut: int) -> None:
    assert outcome(data, [min(cut, len(data))]) == outcome(data, [])
    assert outcome(sse(*HELLO[:2]) + data, []) is not None
