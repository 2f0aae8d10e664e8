"""The decoder gives the same events for every cut of the same bytes."""

from __future__ import annotations

import pytest

from proxy.sse import Decoder, ServerEvent, event

STREAM = (
    "\ufeffevent: a\r\ndata: héllo\r\ndata: two\r\n\r\n: ping\n\ndata:x\n\n"
    "event: ghost\n\ndata: u\u2028\x85v\rdata\r\rid: 7\ndata: end"
).encode()
WANT = [
    ServerEvent("héllo\ntwo".encode(), "a"),
    ServerEvent(b"x"),
    ServerEvent("u\u2028\x85v\n".encode()),
    ServerEvent(b"end"),
]


def decode(*chunks: bytes) -> list[ServerEvent]:
    decoder = Decoder()
    events = [found for chunk in chunks for found in decoder.feed(chunk)]
    return events + decoder.flush()


@pytest.mark.parametrize("cut", range(len(STREAM)))
def test_it_gives_the_same_events_at_any_cut(cut: int) -> None:
    assert decode(STREAM[:cut], STREAM[cut:]) == WANT


def test_it_gives_the_same_events_byte_by_byte() -> None:
    assert decode(*(bytes([byte]) for byte in STREAM)) == WANT


def test_it_survives_empty_reads() -> None:
    assert decode(b"", STREAM, b"") == WANT


def test_it_keeps_lines_that_are_no_field() -> None:
    decoder = Decoder()
    assert decoder.feed(b'data: {}\n\n{"error": {\n  "code": 499\n}}\n') == [ServerEvent(b"{}")]
    assert decoder.flush() == []
    assert decoder.stray == b'{"error": {\n  "code": 499\n}}\n'


def test_it_bounds_what_it_keeps() -> None:
    decoder = Decoder()
    decoder.feed(b"x" * 70_000 + b"\n" + b"y" * 70_000 + b"\n")
    assert len(decoder.stray) == 65_536


@pytest.mark.parametrize(
    ("fed", "idle"),
    [
        (b"", True),
        (b"data: x", False),
        (b"data: x\n", False),
        (b"data: x\n\n", True),
        (b"event: a\n", False),
    ],
)
def test_it_knows_whether_it_stands_between_events(fed: bytes, idle: bool) -> None:
    decoder = Decoder()
    decoder.feed(fed)
    assert decoder.idle is idle


def test_an_event_on_the_wire_is_read_back() -> None:
    assert decode(event(b'{"a":1}', "done")) == [ServerEvent(b'{"a":1}', "done")]
