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


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n"], ids=["lf", "crlf"])
def test_a_read_of_whole_events_is_split_at_once(end: bytes) -> None:
    assert Decoder().whole(b"data: a" + end + b"data: data: b" + end) == [b"a", b"data: b"]


@pytest.mark.parametrize(
    "chunk",
    [
        b"",
        b"data: a\n",
        b"data: a",
        b"data:a\n\n",
        b"event: x\ndata: a\n\n",
        b"data: a\ndata: b\n\n",
        b"data: a\n\n\ndata: b\n\n",
        b"data: a\n\n: ping\n\n",
        b"data: a\rdata: b\n\n",
        b"data: a\r\n\r\ndata: b\n\n",
        b"data: a\n\ndata: b\r\n\r\n",
    ],
)
def test_any_other_read_is_for_the_decoder(chunk: bytes) -> None:
    assert Decoder().whole(chunk) == []


def test_in_the_middle_of_an_event_nothing_is_whole() -> None:
    decoder = Decoder()
    decoder.feed(b"data: a\n")
    assert decoder.whole(b"data: b\n\n") == []
    assert decoder.feed(b"data: b\n\n") == [ServerEvent(b"a\nb")]
    assert decoder.whole(b"data: c\n\n") == [b"c"]


def test_both_ways_of_reading_give_the_same_events_at_any_cut() -> None:
    stream = b"data: a\n\ndata: b\r\n\r\ndata: c\r\n\r\n: x\n\ndata: d\n\n"
    for cut in range(len(stream)):
        decoder, found = Decoder(), list[bytes]()
        for chunk in (stream[:cut], stream[cut:]):
            found += decoder.whole(chunk) or [event.data for event in decoder.feed(chunk)]
        assert found == [b"a", b"b", b"c", b"d"]


@pytest.mark.parametrize("chunks", [(b"", b"\xef", b"\xbb\xbf"), (b"\xef\xbb\xbf", b"")])
def test_a_mark_may_be_cut_with_nothing_between(chunks: tuple[bytes, ...]) -> None:
    assert decode(*chunks, b"data: x\n\n") == [ServerEvent(b"x")]
