"""Requests that are wrong around the body: path, method, key, size, speed, or no HTTP at all."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.acceptance.line import Head, Line
from tests.acceptance.refusal import MODELS, Answer, path_of, refused, send
from tests.acceptance.tongue import GEMINI, OPENAI, Tongue
from tests.support.gateway import Gateway, Key
from tests.support.simulator import Upstream

pytestmark = pytest.mark.usefixtures("unharmed")

MEGABYTE = 2**20


@pytest.mark.parametrize(
    ("model", "status"),
    [("no-such-provider/gpt-5", 404), ("gemini-2.5-flash-sim-404", 404), ("sim/sim-404", 404)],
)
async def test_an_unknown_model_is_not_found(
    gateway: Gateway, purse: Key, tongue: Tongue, model: str, status: int
) -> None:
    path, body = tongue.ask(model)
    refused(await send(gateway, purse, path, json.dumps(body).encode()), tongue, status)


@pytest.mark.parametrize(
    ("tongue", "path"),
    [
        (OPENAI, "/v1/nothing"),
        (OPENAI, "/v1/chat/completion"),
        (OPENAI, "/v1/chat/%00"),
        (GEMINI, "/v1beta/nothing"),
        (GEMINI, "/v1beta/models/gemini-2.5-flash:dance"),
        (GEMINI, "/v1beta/models/:generateContent"),
    ],
)
async def test_an_unknown_path_is_not_found(
    gateway: Gateway, purse: Key, tongue: Tongue, path: str
) -> None:
    answer = await send(gateway, purse, path, b"{}")
    assert answer.head.status in (400, 404)
    refused(answer, tongue, answer.head.status)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "REPORT"])
async def test_a_wrong_method_is_refused(
    gateway: Gateway, purse: Key, tongue: Tongue, method: str
) -> None:
    answer = await send(gateway, purse, path_of(tongue), b"{}", method=method)
    assert refused(answer, tongue, 405).code == "method_not_allowed"
    assert answer.head.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer "},
        {"authorization": "Bearer sk-with spaces in it"},
        {"authorization": "Basic c2stOmhlbGxv"},
        {"authorization": "sk-" + "k" * 10_000},
        {"x-goog-api-key": "sk-" + "k" * 10_000},
        {"x-api-key": "\xff\xfe" * 20},
        {"x-api-key": "' OR 1=1 --"},
    ],
    ids=[
        "none",
        "empty",
        "empty bearer",
        "spaces",
        "basic",
        "10 kB",
        "10 kB Google",
        "bytes",
        "SQL",
    ],
)
async def test_what_is_no_key_is_refused(
    gateway: Gateway, tongue: Tongue, header: dict[str, str]
) -> None:
    async with Line.open(gateway.port) as line:
        path, body = tongue.ask(MODELS[tongue.name])
        await line.ask("POST", path, headers=header, body=body)
        answer = Answer(await line.head(), await line.rest())
    assert refused(answer, tongue, 401).code == "invalid_api_key"
    assert b"kkkkkkkkkk" not in answer.body


async def test_an_unknown_content_coding_is_refused_in_clear_words(
    gateway: Gateway, purse: Key, tongue: Tongue
) -> None:
    body = json.dumps(tongue.ask(MODELS[tongue.name]).body).encode()
    answer = await send(gateway, purse, path_of(tongue), body, {"content-encoding": "br"})
    assert "gzip or deflate" in refused(answer, tongue, 415).message


async def test_a_body_that_is_not_packed_as_it_says_is_refused(
    gateway: Gateway, purse: Key, tongue: Tongue
) -> None:
    body = gzip.compress(json.dumps(tongue.ask(MODELS[tongue.name]).body).encode())[:-9]
    answer = await send(gateway, purse, path_of(tongue), body, {"content-encoding": "gzip"})
    assert refused(answer, tongue, 400).code == "invalid_request"


async def test_a_body_announced_as_too_large_is_refused_unread(
    gateway: Gateway, purse: Key, tongue: Tongue
) -> None:
    """100 MB are announced, and only the head is sent."""
    async with Line.open(gateway.port) as line:
        headers = {"authorization": purse.secret, "content-length": str(100 * MEGABYTE)}
        await line.begin("POST", path_of(tongue), headers)
        answer = Answer(await line.head(), await line.rest())
    assert refused(answer, tongue, 413).code == "request_too_large"


async def test_a_body_that_grows_too_large_is_refused_on_the_way(
    gateway: Gateway, purse: Key, tongue: Tongue
) -> None:
    """In chunks, without a word about their sum. The limit is 64 MiB; more could follow."""
    async with Line.open(gateway.port) as line:
        headers = {"authorization": purse.secret, "transfer-encoding": "chunked"}
        await line.begin("POST", path_of(tongue), headers)
        for _ in range(64):
            await line.send(b"100000\r\n" + b" " * MEGABYTE + b"\r\n")
        await line.send(b"1\r\n \r\n")
        answer = Answer(await line.head(), await line.rest())
    assert refused(answer, tongue, 413).code == "request_too_large"


async def pour() -> AsyncIterator[bytes]:
    for _ in range(100):
        yield b" " * MEGABYTE


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
async def test_a_client_that_sends_on_can_read_why_it_is_refused(
    gateway: Gateway, purse: Key, tongue: Tongue, announced: bool
) -> None:
    """Closing a connection on unread data resets it, and the refusal with it. Then the SDKs see
    a broken connection, and send the 100 MB again."""
    content = b" " * (100 * MEGABYTE) if announced else pour()
    headers = {"authorization": purse.secret}
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False, timeout=60) as client:
        answer = await client.post(path_of(tongue), content=content, headers=headers)
    head = Head(answer.status_code, answer.headers)
    assert refused(Answer(head, answer.content), tongue, 413).code == "request_too_large"


async def test_a_chunked_body_is_fine(gateway: Gateway, key: Key, tongue: Tongue) -> None:
    path, body = tongue.ask(MODELS[tongue.name])
    data = json.dumps(body).encode()
    async with Line.open(gateway.port) as line:
        await line.begin(
            "POST", path, {"authorization": key.secret, "transfer-encoding": "chunked"}
        )
        for place in range(0, len(data), 7):
            piece = data[place : place + 7]
            await line.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        await line.send(b"0\r\n\r\n")
        assert (await line.head()).status == 200
        await line.rest()


async def test_a_slow_body_is_fine_and_stops_nobody(
    gateway: Gateway, key: Key, client: httpx.AsyncClient, tongue: Tongue
) -> None:
    path, body = tongue.ask(MODELS[tongue.name])
    data = json.dumps(body).encode()
    async with Line.open(gateway.port) as line:
        headers = {"authorization": key.secret, "content-length": str(len(data))}
        await line.begin("POST", path, headers)
        for byte in data[:20]:
            await line.send(bytes([byte]))
            assert (await client.get("/v1/models")).status_code == 200
        await line.send(data[20:])
        assert (await line.head()).status == 200
        await line.rest()


async def test_a_body_that_never_ends_is_forgotten_with_its_client(
    gateway: Gateway, purse: Key, upstream: Upstream, tongue: Tongue
) -> None:
    async with Line.open(gateway.port) as line:
        headers = {"authorization": purse.secret, "content-length": "1000"}
        await line.begin("POST", path_of(tongue), headers)
        await line.send(b'{"contents": [')
    assert not upstream.requests


@pytest.mark.parametrize(
    "raw",
    [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"\r\n" * 50, b"A" * 70_000],
    ids=["TLS", "no path", "line breaks", "endless line"],
)
async def test_what_is_no_http_harms_nobody(gateway: Gateway, raw: bytes) -> None:
    async with Line.open(gateway.port) as line:
        await line.send(raw)
        await asyncio.sleep(0)
