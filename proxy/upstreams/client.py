"""The one place that talks HTTP to upstreams on the hot path (aiohttp; its errors end here)."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Mapping
from functools import lru_cache
from typing import Self

import aiohttp
import aiohttp_socks
from yarl import URL

from credentials import egress
from proxy.errors import ErrorKind, GatewayError
from proxy.upstreams import blot
from proxy.upstreams.base import Outgoing, Refusal
from proxy.upstreams.blot import Blotter
from proxy.upstreams.lines import Line, Lines

_REFUSAL_LIMIT = 64 * 1024
_SECRET = 8
_WHO_ARE_YOU = 407
_TIMEOUT_MESSAGE = "The upstream did not answer in time. Try again, or ask for a shorter answer."

_SOCKS = (
    aiohttp_socks.ProxyError,
    aiohttp_socks.ProxyConnectionError,
    aiohttp_socks.ProxyTimeoutError,
)
_PROXY = (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError, *_SOCKS)


class Reply:
    """An upstream's answer: the head has arrived, the body comes as it is read.

    The credential that it was asked with is blotted out, should it be quoted: in an error, in a
    stream that ends with one, in what is no answer at all.
    """

    def __init__(self, response: aiohttp.ClientResponse, secret: str = "") -> None:
        self._response = response
        # Anything shorter is no secret, but part of words.
        self._secret = secret.encode() if len(secret) >= _SECRET else b""
        self.status = response.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._response.headers

    @property
    def content_type(self) -> str:
        return self._response.headers.get("content-type", "")

    async def whole(self) -> bytes:
        """Raises GatewayError when the connection breaks."""
        try:
            return blot.whole(await self._response.read(), self._secret)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise broken(error) from error

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Whatever each read brings. Raises GatewayError when the connection breaks."""
        read, blotter = self._response.content.readany, Blotter(self._secret)
        failure: Exception | None = None
        try:
            while chunk := await read():
                if shown := blotter.feed(chunk):
                    yield shown
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = error
        if held := blotter.flush():
            yield held
        if failure is not None:
            raise broken(failure) from failure

    async def refusal(self) -> Refusal:
        """The error body, as far as it is worth reading."""
        try:
            body = await self._response.content.read(_REFUSAL_LIMIT)
            while len(body) < _REFUSAL_LIMIT and (more := await self._response.content.readany()):
                body += more
        except (aiohttp.ClientError, TimeoutError, OSError):
            body = b""
        blotter = Blotter(self._secret)
        shown = blotter.feed(body)
        if len(body) < _REFUSAL_LIMIT:
            # Else what is held back may be the secret's beginning, and its end was not read.
            shown += blotter.flush()
        return Refusal(self.status, self.headers, shown[:_REFUSAL_LIMIT])


class Visit:
    """One request to an upstream, from sending it to closing its connection."""

    __slots__ = ("_line", "_lines", "_outgoing", "_proxy", "_response", "_secret")

    def __init__(self, lines: Lines, proxy: str, outgoing: Outgoing, secret: str) -> None:
        self._lines = lines
        self._proxy = proxy
        self._secret = secret
        self._outgoing = outgoing
        self._line: Line | None = None
        self._response: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> Reply:
        outgoing = self._outgoing
        line = self._line = self._lines.take(self._proxy)
        try:
            self._response = response = await line.session.request(
                outgoing.method,
                _url(outgoing.url),
                data=outgoing.body,
                headers=outgoing.headers,
                proxy=line.proxy,
                # A redirect would carry the credential to a host nobody configured.
                allow_redirects=False,
            )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, *_SOCKS) as error:
            # A proxy's error may quote its URL, which may hold a password.
            raise broken(error) from (None if self._proxy else error)
        finally:
            if self._response is None:
                await self._lines.give(line)
        if response.status == _WHO_ARE_YOU and line.proxy is not None:
            # To a plain request the proxy itself answers; for TLS it is an error of the tunnel's.
            await self.__aexit__()
            raise _astray("407")
        return Reply(response, self._secret)

    async def __aexit__(self, *_: object) -> None:
        # Closes the connection, unless the body was read to its end: then it is already back in
        # the pool.
        if self._response is not None and self._line is not None:
            self._response.close()
            await self._lines.give(self._line)


@lru_cache(maxsize=1_024)
def _url(text: str) -> URL:
    return URL(text, encoded=True)


class Client:
    """Pooled connections to all upstreams. `connect` and `idle` are time limits in seconds;
    `proxy` is the way out for all who name none, `trust` as in `Lines`."""

    def __init__(
        self,
        *,
        connect: float,
        idle: float,
        proxy: str = "",
        trust: ssl.SSLContext | None = None,
    ) -> None:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=idle)
        self._lines = Lines(timeout, trust=trust)
        self._proxy = proxy

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def open(self, outgoing: Outgoing, proxy: str = "", secret: str = "") -> Visit:
        """A context that sends, and gives the reply once its head is there.

        `proxy` as in `Access`; `secret` is what no reply may repeat. Leaving early closes the
        connection. Entering raises GatewayError(UPSTREAM_TIMEOUT or UPSTREAM_BROKEN) when there
        is no reply.
        """
        return Visit(self._lines, egress.chosen(proxy, self._proxy), outgoing, secret)

    async def close(self) -> None:
        await self._lines.close()


def broken(error: Exception) -> GatewayError:
    """Foreign exceptions become ours here. Their text may hold a URL or a host: not quoted."""
    if isinstance(error, _PROXY):
        return _astray(type(error).__name__)
    if isinstance(error, TimeoutError):
        return GatewayError(ErrorKind.UPSTREAM_TIMEOUT, _TIMEOUT_MESSAGE)
    if isinstance(error, aiohttp.ClientConnectorError):
        message = "The upstream cannot be reached. Try again in a moment."
    elif isinstance(error, aiohttp.ServerDisconnectedError):
        message = "The upstream closed the connection without an answer."
    else:
        message = "The connection to the upstream broke."
    return GatewayError(ErrorKind.UPSTREAM_BROKEN, f"{message} ({type(error).__name__})")


def _astray(why: str) -> GatewayError:
    message = "The outbound proxy cannot be used; the operator must check its URL and password."
    return GatewayError(ErrorKind.UPSTREAM_BROKEN, f"{message} ({why})")
