"""Connections that go to addresses which were checked before, and to no others."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from proxy.media.addresses import Address


class _Known(AbstractResolver):
    """Answers from what was resolved before; never asks anybody."""

    def __init__(self, host: str, addresses: Sequence[Address]) -> None:
        self._host = host
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if host.lower() != self._host:
            raise OSError("an unexpected host")
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


class Pinned(aiohttp.TCPConnector):
    """One connection to `host` at one of `addresses`. Host header and TLS keep the name."""

    def __init__(
        self, host: str, addresses: Sequence[Address], *, tls: ssl.SSLContext | None
    ) -> None:
        allowed = frozenset(addresses)

        def opened(info: aiohttp.AddrInfoType) -> socket.socket:
            # The last word before connecting: whatever came between, this is where it goes.
            family, kind, proto, _, peer = info
            if ip_address(peer[0]) not in allowed:
                raise OSError("an unexpected address")
            return socket.socket(family, kind, proto)

        super().__init__(
            resolver=_Known(host, addresses),
            use_dns_cache=False,
            ssl=tls or True,
            limit=1,
            force_close=True,
            socket_factory=opened,
        )
