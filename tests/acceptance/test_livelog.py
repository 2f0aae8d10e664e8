"""The live log over real sockets: who may watch, what they see, and when it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import override_settings
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gateway import keyfiles, livelog
from tests.acceptance.line import Line
from tests.acceptance.test_daphne import DAPHNE
from tests.keys.limits.stage import URL as REDIS
from tests.keys.limits.stage import eventually, needs_redis
from tests.panel.logs.stage import Process
from tests.support.gateway import Gateway, Key, configure
from tests.support.simulator import Upstream

PASSWORD = "for these tests only"
STREAM = "/auth/logs/stream"
SOON = 10.0


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, simulated: Upstream) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("livelog")
    with configure(folder, simulated.base, keys=["gemini-key"], PANEL_PASSWORD=PASSWORD) as found:
        yield found


@pytest.fixture(scope="module")
def daphne(tmp_path_factory: pytest.TempPathFactory, simulated: Upstream) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("daphne")
    gateway = configure(folder, simulated.base, keys=["gemini-key"], PANEL_PASSWORD=PASSWORD)
    gateway.server = (*DAPHNE, "gateway.asgi:application")
    assert gateway.manage("migrate", "--verbosity=0").returncode == 0
    with gateway:
        yield gateway


@pytest.fixture(scope="module")
def member(watched: Gateway) -> Key:
    return watched.key(quota=1_000)


@pytest.fixture
async def token(watched: Gateway) -> str:
    return await login(watched)


async def login(gateway: Gateway) -> str:
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False) as browser:
        answer = await browser.post("/auth/login", json={"password": PASSWORD})
    return str(answer.json()["token"])


@asynccontextmanager
async def viewer(
    gateway: Gateway, query: str = "", **headers: str
) -> AsyncIterator[ClientConnection]:
    address = f"ws://127.0.0.1:{gateway.port}{STREAM}{query}"
    async with connect(address, additional_headers=headers, proxy=None) as socket:
        yield socket


async def hear(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(SOON):
        found: dict[str, Any] = json.loads(await socket.recv())
        return found


async def until(socket: ClientConnection, text: str) -> dict[str, Any]:
    """The first line that has `text` in it."""
    while True:
        for line in (await hear(socket))["lines"]:
            if text in line["text"]:
                return dict(line)


async def ending(socket: ClientConnection) -> tuple[int, str]:
    """Code and reason of its close."""
    with pytest.raises(ConnectionClosed) as raised:
        async with asyncio.timeout(SOON):
            while True:
                await socket.recv()
    assert raised.value.rcvd is not None
    return raised.value.rcvd.code, raised.value.rcvd.reason


async def ask(gateway: Gateway, key: Key, model: str = "gemini-2.5-flash") -> str:
    """A call to the model API; its request id."""
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
    headers = {"authorization": f"Bearer {key.secret}"}
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False) as client:
        answer = await client.post("/v1/chat/completions", json=body, headers=headers)
    return answer.headers["x-request-id"]


async def test_a_request_shows_at_once_whatever_the_level_of_the_log_is(
    watched: Gateway, member: Key, token: str
) -> None:
    async with viewer(watched, Authorization=f"Bearer {token}") as socket:
        assert (await hear(socket))["run"]
        request = await ask(watched, member)
        line = await until(socket, "model='gemini-2.5-flash'")
    assert (line["request"], line["level"], line["logger"]) == (request, "info", "potluck.requests")
    assert "status=200" in line["text"]
    assert request not in watched.output(), "LOG_LEVEL is info"


async def test_a_browser_comes_with_its_cookie(watched: Gateway, token: str) -> None:
    headers = {"Cookie": f"potluck_session={token}", "Origin": watched.url}
    async with viewer(watched, **headers) as socket:
        assert (await hear(socket))["process"]


async def test_a_first_message_may_hold_the_token(watched: Gateway, token: str) -> None:
    async with viewer(watched) as socket:
        await socket.send(json.dumps({"token": token}))
        assert (await hear(socket))["run"]
        await socket.send('{"ping": 7}')
        assert (await hear(socket)).get("pong", 7) == 7


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Authorization": "Bearer eyJ.a.b"}, 4401),
        ({"Authorization": f"Bearer {PASSWORD}"}, 4401),
        ({"Cookie": "potluck_session=nonsense"}, 4401),
        ({"Cookie": "potluck_session={token}", "Origin": "https://elsewhere.example"}, 4403),
        ({"Cookie": "potluck_session={token}", "Origin": "null"}, 4403),
    ],
)
async def test_strangers_are_told_why_they_are_not_let_in(
    watched: Gateway, token: str, headers: dict[str, str], code: int
) -> None:
    sent = {name: value.format(token=token) for name, value in headers.items()}
    async with viewer(watched, **sent) as socket:
        found, reason = await ending(socket)
    assert found == code
    assert reason.endswith((".", ")."))


async def test_a_key_of_the_model_api_opens_nothing(watched: Gateway, member: Key) -> None:
    async with viewer(watched, Authorization=f"Bearer {member.secret}") as socket:
        assert (await ending(socket))[0] == 4401


async def test_no_token_stands_in_an_address(watched: Gateway, token: str) -> None:
    async with viewer(watched, f"?token={token}") as socket:
        assert (await ending(socket))[0] == 4400
    assert token not in watched.output()


async def test_a_log_out_ends_every_viewer_of_the_session(watched: Gateway, token: str) -> None:
    bearer = {"Authorization": f"Bearer {token}"}
    async with viewer(watched, **bearer) as socket:
        await hear(socket)
        async with httpx.AsyncClient(base_url=watched.url, trust_env=False) as browser:
            assert (await browser.post("/auth/logout", headers=bearer)).status_code == 204
        assert (await ending(socket))[0] == 4401


async def test_a_viewer_that_was_away_goes_on_where_it_was(
    watched: Gateway, member: Key, token: str
) -> None:
    bearer = {"Authorization": f"Bearer {token}"}
    async with viewer(watched, **bearer) as socket:
        run = (await hear(socket))["run"]
        seen = (await until(socket, "status=")) if await ask(watched, member) else {}
    missed = await ask(watched, member, "no-such-provider/model")
    query = f"?after={seen['seq']}&run={run}&level=warning"
    async with viewer(watched, query, **bearer) as socket:
        line = await until(socket, "status=")
    assert (line["request"], line["level"]) == (missed, "warning")


async def test_what_is_wanted_can_change(watched: Gateway, member: Key, token: str) -> None:
    request = await ask(watched, member, "gemini-2.5-pro")
    async with viewer(watched, "?level=error", Authorization=f"Bearer {token}") as socket:
        await socket.send(json.dumps({"level": "info", "text": request.upper()}))
        line = await until(socket, "model=")
        assert line["request"] == request
        await socket.send('{"level": "loud"}')
        assert (await ending(socket))[0] == 4400


async def test_a_websocket_anywhere_else_is_an_ordinary_request(watched: Gateway) -> None:
    for path, status in (("/v1/responses", 426), ("/login", 200), ("/nowhere", 404)):
        with pytest.raises(InvalidStatus) as raised:
            async with connect(f"ws://127.0.0.1:{watched.port}{path}", proxy=None):
                pass
        assert raised.value.response.status_code == status


async def test_a_post_that_asks_for_a_websocket_is_a_post(watched: Gateway) -> None:
    headers = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    async with Line.open(watched.port) as line:
        await line.ask("POST", STREAM, headers=headers)
        assert (await line.head()).status == 404


async def test_daphne_shows_it_too(daphne: Gateway) -> None:
    """It tells a viewer the code of a close, but not the reason."""
    guest, good = daphne.key(quota=1_000), {"Authorization": f"Bearer {await login(daphne)}"}
    async with viewer(daphne, **good) as socket:
        await hear(socket)
        request = await ask(daphne, guest)
        assert (await until(socket, "model='gemini"))["request"] == request
    async with viewer(daphne, Origin="https://elsewhere.example", **good) as socket:
        assert (await ending(socket))[0] == 4403
    with pytest.raises(InvalidStatus):
        await connect(f"ws://127.0.0.1:{daphne.port}/v1/responses", proxy=None)


@needs_redis
async def test_with_redis_a_viewer_sees_what_every_process_says(
    tmp_path: Path, simulated: Upstream
) -> None:
    with configure(
        tmp_path, simulated.base, keys=["k"], PANEL_PASSWORD=PASSWORD, REDIS_URL=REDIS
    ) as gateway:
        # The same pepper, so another process of the same installation.
        with override_settings(POTLUCK_PEPPER=keyfiles.ready(tmp_path).pepper):
            channel = livelog.channel()
        async with (
            Process("other", channel).running() as other,
            viewer(gateway, Authorization=f"Bearer {await login(gateway)}") as socket,
        ):
            hello = await hear(socket)
            await eventually(lambda: other.exchange.wanted)
            other.say("good morning")
            theirs = await until(socket, "good morning")
            await ask(gateway, Key("sk-none", 0))
            mine = await until(socket, "status=401")
    assert hello["relayed"]
    assert theirs["process"] == "other"
    assert mine["process"].endswith(f":{hello['process']}")


async def test_the_server_stops_while_somebody_watches(watched: Gateway, token: str) -> None:
    async with viewer(watched, Authorization=f"Bearer {token}") as socket:
        await hear(socket)
        watched.terminate()
        assert (await ending(socket))[0] == 1012
        assert await asyncio.to_thread(watched.wait) == 0
    assert "Traceback" not in watched.output()
