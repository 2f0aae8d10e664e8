"""What passes untouched is only listened to, and a listener never breaks an answer."""

from __future__ import annotations

from typing import cast

import pytest

from proxy.dialects.base import Codec
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch, Delta, Piece, Start, Usage
from proxy.reader import Passed, Translated, Unread, decoded
from proxy.upstreams.client import Reply
from tests.support.rooms import Script

SSE = "text/event-stream"
FAILED = GatewayError(ErrorKind.UPSTREAM_BROKEN, "the upstream says no")
START = Start("1", "m")


class FakeEar:
    """Understands `ok`, fails at `no`, has a bug at `bug`; other bytes say nothing yet."""

    def feed(self, data: bytes) -> Batch:
        match data:
            case b"no":
                raise FAILED
            case b"bug":
                raise KeyError(data)
            case b"ok":
                return [START]
            case _:
                return []

    def flush(self) -> Batch:
        return [Usage(output=1)]

    def whole(self, body: bytes) -> Batch:
        return self.feed(body)


class FakeCodec:
    def listener(self) -> FakeEar:
        return FakeEar()

    def event_parser(self) -> FakeEar:
        return FakeEar()

    def parse_response(self, body: object) -> Batch:
        return [Delta(0, str(body))]


CODEC = cast(Codec, FakeCodec())


class Passing:
    def __init__(self, *chunks: bytes, content_type: str = SSE, array: bool = False) -> None:
        self.noted: list[GatewayError] = []
        self.reader = Passed(CODEC, stream=True, array=array, note=self.noted.append)
        self.reply = cast(Reply, Script(*chunks, content_type=content_type))

    async def pieces(self) -> list[Piece]:
        return [piece async for piece in self.reader.stream(self.reply)]

    async def bytes(self) -> list[bytes | None]:
        return [piece.raw for piece in await self.pieces()]


async def test_nothing_is_sent_before_something_is_understood() -> None:
    assert await Passing(b"da", b"ok", b"more").bytes() == [b"daok", b"more", b""]


async def test_an_error_before_that_is_an_error() -> None:
    with pytest.raises(GatewayError, match="says no"):
        await Passing(b"da", b"no").pieces()


async def test_an_error_after_that_is_noted_and_the_bytes_flow() -> None:
    passing = Passing(b"ok", b"no", b"more")
    assert await passing.bytes() == [b"ok", b"no", b"more"]
    assert passing.noted == [FAILED]


@pytest.mark.parametrize("chunks", [(b"bug", b"more"), (b"ok", b"bug", b"more")])
async def test_a_bug_of_the_listener_breaks_nothing(chunks: tuple[bytes, ...]) -> None:
    assert b"".join(raw or b"" for raw in await Passing(*chunks).bytes()) == b"".join(chunks)


@pytest.mark.parametrize(
    ("content_type", "array", "streams"),
    [
        (SSE, False, True),
        ("application/json; charset=UTF-8", False, False),
        ("application/json", True, True),
    ],
)
def test_one_json_object_is_no_stream(content_type: str, array: bool, streams: bool) -> None:
    passing = Passing(content_type=content_type, array=array)
    assert passing.reader.streams(passing.reply) is streams


async def test_a_whole_answer_passes_with_what_was_heard() -> None:
    reader = Passed(CODEC, stream=False, array=False, note=lambda error: None)
    assert await reader.whole(cast(Reply, Script(b"ok"))) == Piece([START], b"ok")
    assert await reader.whole(cast(Reply, Script(b"bug"))) == Piece([], b"bug")
    with pytest.raises(GatewayError):
        await reader.whole(cast(Reply, Script(b"no")))


async def test_a_translated_answer_is_events_only() -> None:
    reader = Translated(CODEC, stream=True)
    reply = cast(Reply, Script(b"da", b"ok", content_type=SSE))
    pieces = [piece async for piece in reader.stream(reply)]
    assert pieces == [Piece([START]), Piece([Usage(output=1)])]
    whole = await reader.whole(cast(Reply, Script(b"{}")))
    assert whole == Piece([Delta(0, "{}")])


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"\xff", b"[" * 100_000])
async def test_what_is_no_object_is_no_answer(body: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        decoded(body)
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN
    with pytest.raises(GatewayError):
        await Unread().whole(cast(Reply, Script(body)))
