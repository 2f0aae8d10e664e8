"""Fetches files that a client's request names by URL, from the public internet and nowhere else.

A client chooses the URL, so this is where a server is made to call its own network. Each hop is
therefore checked from scratch: the URL, then every address of its host, and the connection goes
to those very addresses, whatever the name resolves to a moment later.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urljoin

import aiohttp

from proxy.errors import GatewayError
from proxy.media import kinds
from proxy.media.addresses import Address, Network, is_public
from proxy.media.pinned import Pinned
from proxy.media.target import Target, parse, private, refused

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""(host, port) → its addresses, as text. Raises OSError when there are none."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = frozenset({80, 443, 8080, 8443})


class Fetched(NamedTuple):
    mime_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """`size` in bytes and `seconds` are for one file, redirects included; `at_once` files are
    fetched at the same time, for all requests together."""

    size: int = 20 * 2**20
    seconds: float = 20.0
    redirects: int = 3
    ports: Collection[int] = _PORTS
    at_once: int = 16


async def resolve(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Fetcher:
    """Sends no cookies, no credentials and no referrer, and asks no proxy.

    `trusted`: networks of the operator's own that may be reached all the same.
    """

    def __init__(
        self,
        limits: Limits = Limits(),
        *,
        resolver: Resolver = resolve,
        trusted: Collection[Network] = (),
        agent: str = "potluck",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._resolver = resolver
        self._trusted = tuple(trusted)
        self._tls = tls
        self._turns = asyncio.Semaphore(limits.at_once)
        self._headers = {
            "accept": "image/*, audio/*, video/*, application/pdf, text/plain",
            # What is not compressed cannot grow when it is unpacked.
            "accept-encoding": "identity",
            "user-agent": agent,
        }

    async def fetch(self, url: str) -> Fetched:
        """Raises GatewayError(INVALID_REQUEST) that says what is wrong and what to do instead."""
        try:
            async with asyncio.timeout(self._limits.seconds), self._turns:
                return await self._follow(url)
        except TimeoutError:
            seconds = f"{self._limits.seconds:g}"
            raise refused(f"This URL's server did not send the file in {seconds} s.") from None
        except (aiohttp.ClientError, OSError) as error:
            # Their text may hold the URL, and that a secret.
            raise refused(
                f"This URL's server cannot be reached, or broke off ({type(error).__name__})."
            ) from None

    async def _follow(self, url: str) -> Fetched:
        target = parse(url, self._limits.ports)
        for _ in range(self._limits.redirects + 1):
            found = await self._visit(target)
            if isinstance(found, Fetched):
                return found
            target = self._next(target, found)
        raise refused(f"This URL redirects more than {self._limits.redirects} times.")

    def _next(self, target: Target, location: str) -> Target:
        try:
            url = urljoin(str(target.url), location)
        except ValueError:
            raise refused("This URL redirects to something that is no URL.") from None
        after = parse(url, self._limits.ports)
        if target.url.scheme == "https" != after.url.scheme:
            raise refused("This URL leads from https:// to http://, which is not followed.")
        return after

    async def _visit(self, target: Target) -> Fetched | str:
        """The file, or where it has moved to."""
        addresses = await self._addresses(target)
        async with (
            aiohttp.ClientSession(
                connector=Pinned(target.host, addresses, tls=self._tls),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                # The deadline is `fetch`'s.
                timeout=aiohttp.ClientTimeout(total=None),
            ) as session,
            session.get(target.url, headers=self._headers, allow_redirects=False) as response,
        ):
            location = response.headers.get("location", "")
            if response.status in _REDIRECTS and location:
                return location
            return await self._read(response)

    async def _addresses(self, target: Target) -> list[Address]:
        """Every address of the host. One that is not public spoils the others: a host that has
        both is trying to get in."""
        if target.address is not None:
            found = [target.address]
        else:
            try:
                found = [
                    ip_address(each) for each in await self._resolver(target.host, target.port)
                ]
            except OSError:
                raise private() from None
        if not found or not all(map(self._open, found)):
            raise private()
        return found

    def _open(self, address: Address) -> bool:
        return is_public(address) or any(address in network for network in self._trusted)

    async def _read(self, response: aiohttp.ClientResponse) -> Fetched:
        declared = kinds.essence(response.headers.get("content-type", ""))
        self._check(response, declared)
        data = bytearray()
        async for chunk in response.content.iter_any():
            data += chunk
            if len(data) > self._limits.size:
                raise self._large()
        whole = bytes(data)
        mime = kinds.settled(declared, whole)
        if not whole or not mime:
            raise refused("What this URL holds is not the kind of file that its server says.")
        return Fetched(mime, whole)

    def _check(self, response: aiohttp.ClientResponse, declared: str) -> None:
        """Refuses by the head alone what need not be read."""
        if response.status != 200:
            raise refused(f"This URL's server answered with status {response.status}.")
        if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise refused("This URL's server sends the file compressed, which is not unpacked.")
        if (response.content_length or 0) > self._limits.size:
            raise self._large()
        if not kinds.is_welcome(declared):
            raise refused("This URL holds no image, sound, film, PDF or plain text.")

    def _large(self) -> GatewayError:
        return refused(f"This URL's file is larger than {self._limits.size // 2**20} MiB.")
