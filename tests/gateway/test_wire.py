"""What a client may owe, and for how long; the clock is the test's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
import uvicorn
from uvicorn.server import ServerState

from gateway.wire import HEAD, LEAST, SPAN, Http

START = b"POST /v1/x HTTP/1.1\r\nhost: x\r\n"


class Line:
    """A transport and a clock: what was written, and whether it is closed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.written = b""
        self.closed = False
        self.timers: dict[object, Callable[[], None]] = {}

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, _name: str) -> None:
        return None

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def call_later(self, seconds: float, then: Callable[[], None]) -> Any:
        if seconds != SPAN:
            return self.loop.call_later(seconds, then)
        handle = self.loop.call_later(3_600, then)
        self.timers[handle] = then
        return handle

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loop, name)

    def pass_span(self) -> None:
        """`SPAN` seconds go by."""
        due, self.timers = self.timers, {}
        for handle, then in due.items():
            if not cast(asyncio.TimerHandle, handle).cancelled():
                cast(asyncio.TimerHandle, handle).cancel()
                then()


async def app(_scope: Any, receive: Any, send: Any) -> None:
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.request":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def line() -> Line:
    return Line(asyncio.get_running_loop())


@pytest.fixture
def wire(line: Line) -> Iterator[Http]:
    config = uvicorn.Config(app, log_config=None, access_log=False)
    found = Http(config, ServerState(), {}, cast(asyncio.AbstractEventLoop, line))
    found.connection_made(cast(asyncio.Transport, line))
    yield found
    found.connection_lost(None)


async def settled() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    "beginning", [b"GET /", b"GET / HTTP/1.1\r\nx: ", b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 9]
)
async def test_a_head_that_does_not_end_is_refused_at_its_limit(
    wire: Http, line: Line, beginning: bytes
) -> None:
    wire.data_received(beginning)
    for _ in range(HEAD // 1_000):
        assert not line.closed
        wire.data_received(b"a" * 1_000)
    wire.data_received(b"a" * 1_000)
    assert line.written.startswith(b"HTTP/1.1 431 ") and line.closed


async def test_a_head_that_comes_at_once_has_the_same_limit(wire: Http, line: Line) -> None:
    wire.data_received(START + b"x: " + b"a" * HEAD + b"\r\n\r\n")
    assert line.written.startswith(b"HTTP/1.1 431 ") and line.closed


async def test_what_trails_a_body_is_no_way_round_it(wire: Http, line: Line) -> None:
    wire.data_received(START + b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx: ")
    for _ in range(HEAD // 1_000 + 1):
        wire.data_received(b"a" * 1_000)
    assert line.closed


async def test_a_large_body_is_no_head(wire: Http, line: Line) -> None:
    wire.data_received(START + b"content-length: 300000\r\n\r\n" + b"a" * 100_000)
    wire.data_received(b"a" * 200_000)
    await settled()
    assert line.written.startswith(b"HTTP/1.1 204 ") and not line.closed


async def test_a_connection_that_says_nothing_is_closed_without_a_word(
    wire: Http, line: Line
) -> None:
    line.pass_span()
    assert (line.closed, line.written) == (True, b"")


@pytest.mark.parametrize("sent", [b"GET / HTT", START, START + b"content-length: 500\r\n\r\n{"])
async def test_who_stops_in_the_middle_is_told_that_it_is_late(
    wire: Http, line: Line, sent: bytes
) -> None:
    wire.data_received(sent)
    await settled()
    for _ in range(2):
        line.pass_span()
    assert line.written.startswith(b"HTTP/1.1 408 ") and line.closed


async def test_a_trickle_does_not_hold_a_head_open(wire: Http, line: Line) -> None:
    wire.data_received(START)
    wire.data_received(b"x: y\r\n")
    line.pass_span()
    assert line.closed


async def test_a_body_goes_on_as_long_as_it_comes(wire: Http, line: Line) -> None:
    wire.data_received(START + b"content-length: 1000000\r\n\r\n")
    for _ in range(9):
        wire.data_received(b"a" * LEAST)
        await settled()
        line.pass_span()
        assert not line.closed
    wire.data_received(b"a")
    line.pass_span()
    assert line.closed


async def test_the_next_request_may_not_be_late_either(wire: Http, line: Line) -> None:
    wire.data_received(START + b"content-length: 1\r\n\r\n{")
    await settled()
    line.pass_span()
    assert not line.closed, "an idle connection is kept"
    wire.data_received(b"GET / HT")
    line.pass_span()
    assert b"HTTP/1.1 408 " in line.written and line.closed


async def test_whoever_waits_to_be_told_to_go_on_is_not_late(wire: Http, line: Line) -> None:
    wire.data_received(START + b"content-length: 9\r\nexpect: 100-continue\r\n\r\n")
    for _ in range(3):
        line.pass_span()
    assert not line.closed


async def test_a_request_in_one_piece_sets_no_timer(wire: Http, line: Line) -> None:
    wire.data_received(START + b"content-length: 1\r\n\r\n{")
    await settled()
    line.pass_span()
    wire.data_received(START + b"content-length: 1\r\n\r\n{")
    await settled()
    assert not line.timers


async def test_what_is_no_http_fills_no_log(
    wire: Http, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    wire.data_received(b"\x16\x03\x01 hello\r\n\r\n")
    assert line.written.startswith(b"HTTP/1.1 400 ") and line.closed
    assert not caplog.records
