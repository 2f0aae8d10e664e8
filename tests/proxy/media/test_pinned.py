"""A connection goes to the checked address, and says the name."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path

import aiohttp
import pytest

from proxy.errors import GatewayError
from proxy.media.fetch import Fetcher, Limits
from proxy.media.pinned import Pinned
from tests.support.certificate import contexts
from tests.support.filehost import PNG, FileHost, answer, moved

NAME = "files.example"
LOOPBACK = ip_address("127.0.0.1")


async def _loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def trusting(tls: ssl.SSLContext, *ports: int) -> Fetcher:
    limits = Limits(ports=ports, seconds=10)
    return Fetcher(limits, resolver=_loopback, trusted=[ip_network("127.0.0.1")], tls=tls)


async def test_tls_and_the_host_header_keep_the_name(tmp_path: Path) -> None:
    tls = contexts(NAME, tmp_path)
    said: list[str | None] = []
    tls.server.sni_callback = lambda _, name, __: said.append(name)
    async with FileHost({"/a.png": answer()}, tls=tls.server) as host:
        found = await trusting(tls.client, host.port).fetch(host.url(host=NAME))
    assert found.data == PNG
    assert said == [NAME]
    assert f"host: {NAME}" in host.heads[0].lower()


async def test_a_certificate_must_be_for_the_name(tmp_path: Path) -> None:
    tls = contexts("other.example", tmp_path)
    # The server would complain too, as nobody takes its certificate.
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    async with FileHost({"/a.png": answer()}, tls=tls.server) as host:
        with pytest.raises(GatewayError, match="cannot be reached"):
            await trusting(tls.client, host.port).fetch(host.url(host=NAME))
    assert host.heads == []


async def test_https_does_not_lead_to_http(tmp_path: Path) -> None:
    tls = contexts(NAME, tmp_path)
    async with (
        FileHost({"/a.png": answer()}) as open_host,
        FileHost({"/a.png": moved(open_host.url(host=NAME))}, tls=tls.server) as host,
    ):
        guarded = trusting(tls.client, host.port, open_host.port)
        with pytest.raises(GatewayError, match="from https:// to http://"):
            await guarded.fetch(host.url(host=NAME))
    assert open_host.heads == []


@pytest.mark.parametrize("host", ["127.0.0.1", "other.example"])
async def test_no_other_address_or_name_is_reached(host: str) -> None:
    async with FileHost({"/a.png": answer()}) as server:
        connector = Pinned(NAME, [ip_address("127.0.0.2")], tls=None)
        async with aiohttp.ClientSession(connector=connector) as session:
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(server.url(host=host))
    assert server.heads == []


async def test_the_second_address_is_tried_when_the_first_is_dead() -> None:
    async with FileHost({"/a.png": answer()}) as server:
        connector = Pinned(NAME, [ip_address("127.0.0.3"), LOOPBACK], tls=None)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.get(server.url(host=NAME)) as response,
        ):
            assert await response.read() == PNG
