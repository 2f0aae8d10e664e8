from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Self

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from panel import password
from panel.auth import sessions
from panel.logs import consumer, entry, frames
from panel.logs.consumer import Stream
from panel.logs.hub import Hub
from panel.logs.ring import Ring

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("console")]

SOON = 5.0


class Socket:
    """A viewer of `stream`. While `gate` is closed it reads nothing."""

    def __init__(self, stream: type[Stream], query: str = "", **headers: str) -> None:
        pairs = {"host": "gateway.test"} | headers
        self._app = stream.as_asgi()
        self._scope = {
            "type": "websocket",
            "path": consumer.PATH,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in pairs.items()],
        }
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gate = asyncio.Event()
        self.gate.set()
        self.sending = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._incoming.put_nowait({"type": "websocket.connect"})
        call = self._app(self._scope, self._incoming.get, self._send)
        self._task = asyncio.get_running_loop().create_task(call)
        assert (await self.hear())["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1005})
        await asyncio.wait_for(self._task, SOON)

    def say(self, **message: object) -> None:
        self._incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def hear(self) -> dict[str, Any]:
        return await asyncio.wait_for(self._outgoing.get(), SOON)

    async def frame(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((await self.hear())["text"])
        return found

    async def ending(self) -> int:
        """The code of its close."""
        while (message := await self.hear())["type"] != "websocket.close":
            pass
        assert 0 < len(message["reason"].encode()) <= 123
        return int(message["code"])

    async def _send(self, message: dict[str, Any]) -> None:
        self.sending.set()
        await self.gate.wait()
        self._outgoing.put_nowait(message)


@pytest.fixture
def ring() -> Ring:
    return Ring(str, run="here", size=300)


@pytest.fixture
def stream(ring: Ring) -> Iterator[type[Stream]]:
    """The consumer with a ring and a hub of its own, without a wait."""

    class Mine(Stream):
        hub = Hub(ring, entry.over, timezone.now, pace=0.0, every=3_600)

    yield Mine
    assert len(Mine.hub) == 0
    assert Stream.waiting == 0


Minutes = Callable[[float], str]


def token(minutes: float = 0) -> str:
    """Of a login that many minutes ago."""
    then = timezone.now() - timedelta(minutes=minutes)
    return sessions.begin(password.generation(), then).token


async def bearer(minutes: float = 0) -> dict[str, str]:
    return {"authorization": f"Bearer {await sync_to_async(token)(minutes)}"}


def talk(ring: Ring, lines: int, level: int = 20) -> None:
    for number in range(lines):
        ring.append(0.0, level, "test", f"line {number}")


async def test_it_shows_what_was_said_and_what_is_said(stream: type[Stream], ring: Ring) -> None:
    talk(ring, 1)
    async with Socket(stream, **await bearer()) as socket:
        hello = await socket.frame()
        assert (hello["run"], hello["processes"], hello["lines"]) == ("here", 1, [])
        assert [each["seq"] for each in (await socket.frame())["lines"]] == [1]
        talk(ring, 3)
        frame = await socket.frame()
    assert ([each["seq"] for each in frame["lines"]], frame["last"]) == ([2, 3, 4], 4)


@pytest.mark.parametrize("minutes", [61, 60 * 24])
async def test_an_expired_token_opens_nothing(stream: type[Stream], minutes: int) -> None:
    async with Socket(stream, **await bearer(minutes)) as socket:
        assert await socket.ending() == consumer.UNKNOWN


async def test_a_token_that_expires_ends_it(stream: type[Stream]) -> None:
    async with Socket(stream, **await bearer(59)) as socket:
        await socket.frame()
        stream.hub._clock = lambda: timezone.now() + timedelta(minutes=2)
        await stream.hub.look()
        assert await socket.ending() == consumer.UNKNOWN


async def test_another_password_ends_it(stream: type[Stream]) -> None:
    async with Socket(stream, **await bearer()) as socket:
        await socket.frame()
        await stream.hub.look()
        await sync_to_async(password.change)("another password")
        await stream.hub.look()
        assert await socket.ending() == consumer.UNKNOWN


@pytest.mark.parametrize("said", [{"level": "info"}, {"ping": 1}, {"token": "eyJ.x.y"}])
async def test_a_first_message_without_a_good_token_ends_it(
    stream: type[Stream], said: dict[str, object]
) -> None:
    async with Socket(stream) as socket:
        socket.say(**said)
        assert await socket.ending() == consumer.UNKNOWN


async def test_whoever_says_nothing_is_not_waited_for(stream: type[Stream]) -> None:
    stream.patience = 0.0
    async with Socket(stream) as socket:
        assert await socket.ending() == consumer.UNKNOWN


async def test_only_so_many_are_waited_for(
    stream: type[Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "WAITING", 1)
    async with Socket(stream), Socket(stream) as late:
        assert await late.ending() == consumer.FULL


async def test_only_so_many_watch(stream: type[Stream], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "VIEWERS", 1)
    headers = await bearer()
    async with Socket(stream, **headers) as first:
        await first.frame()
        async with Socket(stream, **headers) as second:
            assert await second.ending() == consumer.FULL


@pytest.mark.parametrize(
    ("origin", "let_in"),
    [
        ("https://gateway.test", True),
        ("http://GATEWAY.test", True),
        ("http://gateway.test:81", False),
        ("http://gateway.test.evil.test", False),
        ("null", False),
        ("file://", False),
    ],
)
async def test_only_pages_of_this_site_open_it(
    stream: type[Stream], origin: str, let_in: bool
) -> None:
    async with Socket(stream, origin=origin, **await bearer()) as socket:
        if let_in:
            assert (await socket.frame())["run"] == "here"
        else:
            assert await socket.ending() == consumer.FOREIGN


@pytest.mark.parametrize(
    "query", ["level=loud", "after=-1", "after=x", "token=t", "text=" + "x" * 999]
)
async def test_an_address_that_makes_no_sense_is_refused(stream: type[Stream], query: str) -> None:
    async with Socket(stream, query, **await bearer()) as socket:
        assert await socket.ending() == consumer.BAD


async def test_bytes_are_no_message(stream: type[Stream]) -> None:
    async with Socket(stream, **await bearer()) as socket:
        socket._incoming.put_nowait({"type": "websocket.receive", "bytes": b"{}"})
        assert await socket.ending() == consumer.BAD


async def test_a_broken_database_is_said(
    stream: type[Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(token: str) -> None:
        raise RuntimeError("no such table")

    monkeypatch.setattr(entry, "find", broken)
    async with Socket(stream, authorization="Bearer t") as socket:
        assert await socket.ending() == consumer.MISTAKE


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("after=1&run=here", [2, 3]),
        ("after=1", [2, 3]),
        ("after=1&run=elsewhere", [1, 2, 3]),
        ("after=9&level=error", []),
        ("level=error", [3]),
        ("text=LINE+1", [2]),
    ],
)
async def test_it_goes_on_where_a_viewer_was(
    stream: type[Stream], ring: Ring, query: str, numbers: list[int]
) -> None:
    talk(ring, 2)
    talk(ring, 1, 40)
    ring.append(0.0, 40, "test", "LINE 1, the end")
    async with Socket(stream, query, **await bearer()) as socket:
        await socket.frame()
        seen = [] if not numbers else [each["seq"] for each in (await socket.frame())["lines"]]
    assert [seq for seq in seen if seq < 4] == numbers


async def test_other_lines_may_be_wanted(stream: type[Stream], ring: Ring) -> None:
    talk(ring, 2)
    async with Socket(stream, "level=error", **await bearer()) as socket:
        await socket.frame()
        socket.say(level="info", text="line 1")
        assert (await socket.frame())["run"] == "here"
        assert [each["seq"] for each in (await socket.frame())["lines"]] == [2]
        socket.say(ping=4)
        assert await socket.frame() == {"pong": 4, "last": 2}


async def test_a_slow_viewer_is_told_what_it_missed(stream: type[Stream], ring: Ring) -> None:
    async with Socket(stream, **await bearer()) as socket:
        await socket.frame()
        socket.gate.clear()
        socket.sending.clear()
        talk(ring, 1)
        await asyncio.wait_for(socket.sending.wait(), SOON)
        talk(ring, 1_000)
        socket.gate.set()
        assert [each["seq"] for each in (await socket.frame())["lines"]] == [1]
        frame = await socket.frame()
    assert frame["skipped"] == 1_000 - 300
    assert frame["lines"][0]["seq"] == 702


async def test_a_frame_has_its_limit(
    stream: type[Stream], ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_BYTES", 10_000)
    for _ in range(20):
        ring.append(0.0, 20, "test", "x" * 1_000)
    async with Socket(stream, **await bearer()) as socket:
        await socket.frame()
        counts = [len((await socket.frame())["lines"]) for _ in range(2)]
    assert counts == [10, 10]
