"""Requests to upstreams through real proxies on loopback, and straight."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from proxy.errors import ErrorKind, GatewayError
from proxy.upstreams.base import Outgoing
from proxy.upstreams.client import Client, Reply
from tests.support.certificate import contexts
from tests.support.filehost import FileHost, answer
from tests.support.proxies import HttpsProxy, Proxy, Socks

BODY = b'{"said": "hello"}'


@pytest.fixture
async def host() -> AsyncIterator[FileHost]:
    async with FileHost({"/v1": answer(BODY, mime="application/json")}) as host:
        yield host


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(connect=5, idle=5) as client:
        yield client


async def ask(client: Client, url: str, proxy: str = "") -> bytes:
    outgoing = Outgoing(url, {"user-agent": "potluck/test"}, b"{}")
    async with client.open(outgoing, proxy) as reply:
        return await reply.whole()


async def refusal(client: Client, url: str, proxy: str) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        await ask(client, url, proxy)
    return caught.value


async def test_without_a_proxy_it_goes_straight(client: Client, host: FileHost) -> None:
    assert await ask(client, host.url("/v1")) == BODY


async def test_it_sends_no_header_of_its_own_accord(client: Client) -> None:
    heard: list[bytes] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"{}"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(note, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        outgoing = Outgoing(f"http://127.0.0.1:{port}/v1", {"x-key": "k"}, b"{}")
        async with client.open(outgoing) as reply:
            await reply.whole()
    names = [line.partition(b":")[0].lower() for line in heard[0].splitlines()[1:-2]]
    assert names == [b"host", b"x-key", b"content-length", b"content-type"]


@pytest.mark.parametrize("kind", [Proxy, Socks])
@pytest.mark.parametrize("password", ["", "planted pass/word"])
async def test_it_goes_through_a_proxy(
    client: Client, host: FileHost, kind: type[Proxy], password: str
) -> None:
    async with kind(password) as proxy:
        url = host.url("/v1", "gemini.test")
        said = proxy.url(password.replace(" ", "%20").replace("/", "%2F"))
        # The name is resolved by the proxy: here nobody knows it.
        assert await ask(client, url, said) == BODY
        assert proxy.asked == [f"gemini.test:{host.port}"]


@pytest.mark.parametrize("kind", [Proxy, Socks])
async def test_tls_goes_through_it_unopened(tmp_path: Path, kind: type[Proxy]) -> None:
    pair = contexts("gemini.test", tmp_path)
    answers = {"/v1": answer(BODY, mime="application/json")}
    async with FileHost(answers, tls=pair.server) as host, kind("planted") as proxy:
        url = host.url("/v1", "gemini.test")
        async with Client(connect=5, idle=5, trust=pair.client) as client:
            assert await ask(client, url, proxy.url()) == BODY
            error = await refusal(client, url, proxy.url("wrong"))
        assert proxy.asked == [f"gemini.test:{host.port}"]
        assert ("outbound proxy" in error.message, proxy.refused) == (True, 1)


async def test_the_one_for_all_is_used_unless_a_credential_has_its_own(host: FileHost) -> None:
    url = host.url("/v1", "127.0.0.1")
    async with Proxy() as common, Socks() as own:
        async with Client(connect=5, idle=5, proxy=common.url()) as client:
            await ask(client, url)
            await ask(client, url, own.url())
            await ask(client, url, "direct")
        assert (len(common.asked), len(own.asked), len(host.heads)) == (1, 1, 3)


@pytest.mark.parametrize("kind", [Proxy, Socks])
async def test_a_wrong_password_is_told_without_it(
    client: Client, host: FileHost, kind: type[Proxy]
) -> None:
    async with kind("planted-password") as proxy:
        url = host.url("/v1")
        error = await refusal(client, url, proxy.url("another-password"))
        assert "outbound proxy" in error.message
        assert "password@" not in f"{error} {error!r} {error.__cause__!r}"
        assert (proxy.refused, host.heads) == (1, [])


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_is_not_there_is_told(
    client: Client, host: FileHost, scheme: str
) -> None:
    async with Proxy() as gone:
        pass
    url = f"{scheme}://user:planted-password@127.0.0.1:{gone.port}"
    error = await refusal(client, host.url("/v1"), url)
    assert error.kind is ErrorKind.UPSTREAM_BROKEN
    assert "outbound proxy" in error.message
    assert "planted-password" not in f"{error} {error!r} {error.__cause__!r}"


async def test_a_proxy_behind_tls_is_spoken_to_with_tls(tmp_path: Path) -> None:
    pair = contexts("localhost", tmp_path)
    answers = {"/v1": answer(BODY, mime="application/json")}
    async with (
        FileHost(answers) as plain,
        FileHost(answers, tls=pair.server) as sealed,
        HttpsProxy("planted", tls=pair.server) as proxy,
        Client(connect=5, idle=5, trust=pair.client) as client,
    ):
        url = proxy.url().replace("127.0.0.1", "localhost")
        assert await ask(client, plain.url("/v1"), url) == BODY
        assert await ask(client, sealed.url("/v1", "localhost"), url) == BODY
        assert proxy.asked == [f"127.0.0.1:{plain.port}", f"localhost:{sealed.port}"]


async def test_a_certificate_that_nobody_trusts_is_refused_behind_a_proxy_too(
    client: Client, tmp_path: Path
) -> None:
    pair = contexts("localhost", tmp_path)
    async with FileHost({}, tls=pair.server) as host, Proxy() as proxy:
        error = await refusal(client, host.url("/v1", "localhost"), proxy.url())
        assert error.kind is ErrorKind.UPSTREAM_BROKEN
        assert host.heads == []


@pytest.mark.parametrize("status", [200, 401])
async def test_no_reply_repeats_the_credential(client: Client, status: int) -> None:
    secret = "not-a-key-by-its-form"
    said = b'data: {"error": "not-a-key-by-its-form is unknown"}\n\n'
    outgoing = Outgoing("", {"authorization": f"Bearer {secret}"}, b"{}")
    async with FileHost({"/v1": answer(said, status=status)}) as host:
        outgoing = outgoing._replace(url=host.url("/v1"))
        async with client.open(outgoing, secret=secret) as reply:
            whole = await reply.whole()
        async with client.open(outgoing, secret=secret) as reply:
            streamed = b"".join([chunk async for chunk in reply.chunks()])
        async with client.open(outgoing, secret=secret) as reply:
            refused = (await reply.refusal()).body
    assert {whole, streamed, refused} == {b'data: {"error": "[credential] is unknown"}\n\n'}


class Torn:
    """What aiohttp gives of a stream that comes in these pieces, and perhaps breaks after them."""

    def __init__(self, *pieces: bytes, breaks: bool = False) -> None:
        self._pieces = [*pieces]
        self._breaks = breaks
        self.status = 200
        self.content = self

    async def readany(self) -> bytes:
        if not self._pieces and self._breaks:
            raise aiohttp.ClientPayloadError
        return self._pieces.pop(0) if self._pieces else b""


async def test_a_credential_that_is_torn_over_two_reads_is_blotted_too() -> None:
    torn = Torn(b"data: planted-", b"secret is unknown\n\n", b"data: plan", b"et\n\n")
    reply = Reply(cast(Any, torn), "planted-secret")
    said = [chunk async for chunk in reply.chunks()]
    assert said == [b"data: ", b"[credential] is unknown\n\n", b"data: ", b"planet\n\n"]


async def test_what_was_held_back_arrives_before_the_connection_is_said_to_be_broken() -> None:
    reply = Reply(cast(Any, Torn(b"data: plan", breaks=True)), "planted-secret")
    said: list[bytes] = []
    with pytest.raises(GatewayError):
        async for chunk in reply.chunks():
            said.append(chunk)
    assert said == [b"data: ", b"plan"]
