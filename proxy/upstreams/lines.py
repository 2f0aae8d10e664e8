"""Pooled connections to upstreams, one pool for each way out: straight, or through a proxy."""

from __future__ import annotations

import ssl
from collections import OrderedDict
from urllib.parse import unquote, urlsplit

import aiohttp
from aiohttp_socks import ProxyConnector, ProxyType
from yarl import URL

# An idle connection is dropped before the usual upstream drops it: a POST that meets a closed
# connection cannot be repeated safely.
_KEPT_ALIVE = 15.0
_READ_BUFFER = 2**18
_MOST = 64
"""Ways out that are kept without being used; their idle connections are closed sooner."""


class _Plain(aiohttp.ClientRequest):
    """Sends the headers that it is given. To find out that none of aiohttp's own is missing takes
    as long as to write them."""

    def update_auto_headers(self, skip_auto_headers: object) -> None:
        pass


class Line:
    """One way out. `proxy` is what aiohttp is told of for each request; None: it need not be."""

    __slots__ = ("proxy", "session", "users")

    def __init__(self, session: aiohttp.ClientSession, proxy: URL | None) -> None:
        self.session = session
        self.proxy = proxy
        self.users = 0


class Lines:
    """Made on first use, because a server without lifespan (daphne) never calls a start hook.

    At most sixty-four idle ones are kept; one that is in use is never closed. `trust` says whose
    certificates are good, None: those that the machine trusts.
    """

    def __init__(
        self,
        timeout: aiohttp.ClientTimeout,
        *,
        trust: ssl.SSLContext | None = None,
        most: int = _MOST,
    ) -> None:
        self._timeout = timeout
        self._trust: ssl.SSLContext | bool = trust or True
        self._most = most
        self._lines: OrderedDict[str, Line] = OrderedDict()

    def __len__(self) -> int:
        return len(self._lines)

    def __repr__(self) -> str:
        return f"<Lines, {len(self._lines)} ways out>"

    def take(self, proxy: str) -> Line:
        """The way through `proxy`, a checked URL, or "" for none. `give` it back."""
        line = self._lines.get(proxy)
        if line is None:
            line = self._lines[proxy] = self._made(proxy)
        self._lines.move_to_end(proxy)
        line.users += 1
        return line

    async def give(self, line: Line) -> None:
        line.users -= 1
        if len(self._lines) > self._most:
            idle = [name for name, each in self._lines.items() if not each.users]
            for name in idle[: len(self._lines) - self._most]:
                await self._lines.pop(name).session.close()

    async def close(self) -> None:
        while self._lines:
            await self._lines.popitem()[1].session.close()

    def _made(self, proxy: str) -> Line:
        if proxy.startswith("socks5"):
            return Line(self._session(_socks(proxy, self._trust)), None)
        connector = aiohttp.TCPConnector(
            limit=0, ttl_dns_cache=300, keepalive_timeout=_KEPT_ALIVE, ssl=self._trust
        )
        return Line(self._session(connector), URL(proxy) if proxy else None)

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            request_class=_Plain,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
            read_bufsize=_READ_BUFFER,
        )


def _socks(url: str, trust: ssl.SSLContext | bool) -> ProxyConnector:
    """Names are resolved by the proxy."""
    parts = urlsplit(url)
    return ProxyConnector(
        host=parts.hostname or "",
        port=parts.port or 1080,
        proxy_type=ProxyType.SOCKS5,
        username=unquote(parts.username or "") or None,
        password=unquote(parts.password or "") or None,
        rdns=True,
        ssl=trust,
        limit=0,
        keepalive_timeout=_KEPT_ALIVE,
    )
