"""Callers with an xAI key of their own, before a server that plays xAI on loopback."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Any

import pytest
from aiohttp import web

from gateway.redact import redact
from proxy.app import Door
from proxy.images.gallery import Gallery
from proxy.images.links import Links
from proxy.images.memory import MemoryStore
from proxy.media.fetch import Fetcher, Limits
from proxy.relay import Relay, Terms
from proxy.relayed import Form
from proxy.upstreams.client import Client
from tests.support.asgi import Caller, call
from tests.support.rooms import KEY, NOW, Rooms

SECRET = "xai-" + "s" * 40
HEADERS = [("authorization", f"Bearer {SECRET}"), ("host", "potluck.test")]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
DATA = base64.b64encode(PNG).decode()
HOUR = timedelta(hours=1)
IMAGES = "/xai/v1/images/generations"


class Xai:
    """`seen` are the requests as (method, path with query, headers, body)."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.data: list[Any] = []
        self.left = asyncio.Event()
        self.base = ""

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port: int = runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{self.port}"
        return runner

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append((request.method, request.raw_path, headers, await request.read()))
        match request.path.rpartition("/")[2]:
            case "completions":
                return await self._stream(request)
            case "generations":
                return web.json_response({"data": self.data, "own": 1})
            case "tmp.png":
                return web.Response(body=PNG, content_type="image/png")
            case "away":
                return web.Response(status=302, headers={"location": "http://elsewhere.test/"})
            case "no":
                extra = {"retry-after": "7", "set-cookie": "a=b", "x-ratelimit-limit": "9"}
                return web.json_response({"error": "no"}, status=429, headers=extra)
            case _:
                return web.json_response({"ok": True})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b'data: {"a":1}\n\n')
        if b"wait" in self.seen[-1][3]:
            try:
                while True:
                    await response.write(b": tick\n\n")
                    await asyncio.sleep(0.005)
            except (ConnectionError, asyncio.CancelledError):
                self.left.set()
                raise
        if b"break" in self.seen[-1][3]:
            assert request.transport is not None
            request.transport.abort()
            return response
        await response.write(b"data: [DONE]\n\n")
        return response


class Stand:
    def __init__(self, xai: Xai, client: Client) -> None:
        self.xai = xai
        self.terms = Terms(True, xai.base, Form.URL, 2**20, "potluck/test")
        store = MemoryStore(number=9, size=2**20, lifetime=HOUR, clock=lambda: NOW)
        self.gallery = Gallery(store, Links([b"k" * 32], HOUR), lambda: NOW)
        trusted = [IPv4Network("127.0.0.0/8")]
        fetcher = Fetcher(Limits(ports={xai.port}), trusted=trusted)
        self.rooms = Rooms()
        relay = Relay(client, lambda: self.terms, self.gallery, fetcher.fetch)
        self.door = Door(replace(self.rooms.services, relay=relay, gallery=self.gallery))

    async def ask(self, method: str, path: str, **options: Any) -> Caller:
        return await call(self.door, method, path, **({"headers": HEADERS} | options))


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    xai = Xai()
    runner = await xai.start()
    async with Client(connect=5.0, idle=5.0) as client:
        yield Stand(xai, client)
    await runner.cleanup()


async def test_a_request_goes_on_with_the_callers_own_key_and_little_else(stand: Stand) -> None:
    more = [
        *HEADERS,
        ("content-type", "application/json"),
        ("cookie", "session=1"),
        ("x-grok-conv-id", "c1"),
        ("x-forwarded-for", "10.0.0.1"),
        ("user-agent", "curl"),
    ]
    body = b'{"any": 1.0}'
    caller = await stand.ask("POST", "/xai/v1/some/thing", headers=more, body=body, query="a=%2Fb")
    assert caller.json == {"ok": True}
    ((method, path, headers, seen),) = stand.xai.seen
    assert (method, path, seen) == ("POST", "/v1/some/thing?a=%2Fb", body)
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert headers["x-grok-conv-id"] == "c1"
    assert headers["user-agent"] == "potluck/test"
    assert not {"cookie", "x-forwarded-for"} & headers.keys()


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_other_methods_go_on_too(stand: Stand, method: str) -> None:
    assert (await stand.ask(method, "/xai/v1/models/grok")).json == {"ok": True}
    assert stand.xai.seen[0][:2] == (method, "/v1/models/grok")


async def test_nothing_is_charged_or_booked(stand: Stand) -> None:
    await stand.ask("GET", "/xai/v1/models")
    assert stand.rooms.ledger.settled == {}
    assert stand.rooms.ledger.records == []


async def test_a_stream_passes_as_it_comes(stand: Stand) -> None:
    caller = await stand.ask("POST", "/xai/v1/chat/completions", body=b"{}")
    assert caller.body == b'data: {"a":1}\n\ndata: [DONE]\n\n'
    assert caller.headers["content-type"] == "text/event-stream"


async def test_a_stream_that_breaks_off_says_so(stand: Stand) -> None:
    caller = await stand.ask("POST", "/xai/v1/chat/completions", body=b"break")
    assert b"event: error\ndata: " in caller.body


async def test_the_upstream_is_left_when_the_caller_leaves(stand: Stand) -> None:
    path = "/xai/v1/chat/completions"
    caller = Caller(stand.door, "POST", path, headers=HEADERS, body=b"wait")
    await caller.start()
    await caller.until(b"tick")
    await caller.hang_up()
    await asyncio.wait_for(stand.xai.left.wait(), 5.0)


async def test_a_refusal_keeps_its_status_and_what_is_said_of_limits(stand: Stand) -> None:
    caller = await stand.ask("GET", "/xai/v1/no")
    assert (caller.status, caller.json) == (429, {"error": "no"})
    assert caller.headers["retry-after"] == "7"
    assert caller.headers["x-ratelimit-limit"] == "9"
    assert "set-cookie" not in caller.headers


async def test_nobody_follows_a_redirect(stand: Stand) -> None:
    caller = await stand.ask("GET", "/xai/v1/away")
    assert caller.status == 502
    assert "location" not in caller.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], 401),
        ([("authorization", "Bearer ")], 401),
        ([("authorization", f"Basic {SECRET}")], 401),
        ([("authorization", f"Bearer {KEY}")], 401),
    ],
)
async def test_only_an_xai_key_goes_to_xai(stand: Stand, headers: Any, status: int) -> None:
    assert (await stand.ask("GET", "/xai/v1/models", headers=headers)).status == status
    assert stand.xai.seen == []


async def test_it_is_off_unless_the_operator_wants_it(stand: Stand) -> None:
    stand.terms = stand.terms._replace(enabled=False)
    caller = await stand.ask("GET", "/xai/v1/models")
    assert caller.status == 404
    assert "XAI_PASSTHROUGH" in caller.json["error"]["message"]
    assert stand.xai.seen == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/xai/v1/files", b"", 405),
        ("GET", "/xai/v1/../secret", b"", 400),
        ("POST", "/xai/v1/files", bytes(2**20 + 1), 413),
    ],
)
async def test_what_is_not_passed_on(
    stand: Stand, method: str, path: str, body: bytes, status: int
) -> None:
    assert (await stand.ask(method, path, body=body)).status == status
    assert stand.xai.seen == []


async def test_an_unreachable_xai_is_told(stand: Stand) -> None:
    stand.terms = stand.terms._replace(base_url="http://127.0.0.1:1")
    assert (await stand.ask("GET", "/xai/v1/models")).status == 502


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("given", ["url", "b64_json"])
async def test_images_come_in_the_operators_form(stand: Stand, form: Form, given: str) -> None:
    stand.terms = stand.terms._replace(form=form)
    item = {"url": f"{stand.xai.base}/tmp.png"} if given == "url" else {"b64_json": DATA}
    stand.xai.data = [item | {"revised_prompt": "p"}]
    caller = await stand.ask("POST", IMAGES, body=b'{"prompt":"x"}')
    assert caller.json["own"] == 1
    (image,) = caller.json["data"]
    assert image.pop("revised_prompt") == "p"
    if form is Form.B64_JSON:
        assert image == {"b64_json": DATA}
    else:
        assert list(image) == ["url"]
        path = image["url"].removeprefix("http://potluck.test")
        assert (await stand.ask("GET", path, headers=[])).body == PNG


async def test_a_caller_who_says_the_form_gets_it_from_xai(stand: Stand) -> None:
    stand.xai.data = [{"url": "https://x.test/a.png"}]
    body = b'{"prompt":"x","response_format":"url"}'
    assert (await stand.ask("POST", IMAGES, body=body)).json["data"] == stand.xai.data


async def test_the_key_is_not_in_the_log(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "potluck")
    await stand.ask("POST", "/xai/v1/some", body=b'{"b":"body"}', query=f"key={SECRET}")
    await stand.ask("GET", "/xai/v1/no")
    said = [record.getMessage() for record in caplog.records]
    assert ["POST /xai/v1/some" in said[0], "status=429" in said[1], len(said)] == [True, True, 2]
    assert all(word not in line for line in said for word in (SECRET, "body"))
    assert SECRET not in redact(f"Bearer {SECRET} and {SECRET}")
