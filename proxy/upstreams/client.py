"""The one place that talks HTTP to upstreams on the hot path (aiohttp; its errors end here)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from functools import lru_cache
from typing import Self

import aiohttp
from yarl import URL

from proxy.errors import ErrorKind, GatewayError
from proxy.upstreams.base import Outgoing, Refusal

# An idle connection is dropped before the usual upstream drops it: a POST that meets a closed
# connection cannot be repeated safely.
_KEPT_ALIVE = 15.0
_READ_BUFFER = 2**18
_REFUSAL_LIMIT = 64 * 1024
_SECRET = 8
_TIMEOUT_MESSAGE = "The upstream did not answer in time. Try again, or ask for a shorter answer."


class Reply:
    """An upstream's answer: the head has arrived, the body comes as it is read."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
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
            return await self._response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise broken(error) from error

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Whatever each read brings. Raises GatewayError when the connection breaks."""
        read = self._response.content.readany
        try:
            while chunk := await read():
                yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise broken(error) from error

    async def refusal(self, secret: str) -> Refusal:
        """The error body, as far as it is worth reading; `secret` is blotted out, should the
        upstream quote it."""
        try:
            body = await self._response.content.read(_REFUSAL_LIMIT)
            while len(body) < _REFUSAL_LIMIT and (more := await self._response.content.readany()):
                body += more
        except (aiohttp.ClientError, TimeoutError, OSError):
            body = b""
        return Refusal(self.status, self.headers, _blotted(body[:_REFUSAL_LIMIT], secret))


def _blotted(body: bytes, secret: str) -> bytes:
    # Anything shorter is no secret, but part of words.
    return body.replace(secret.encode(), b"[credential]") if len(secret) >= _SECRET else body


class Visit:
    """One request to an upstream, from sending it to closing its connection."""

    __slots__ = ("_outgoing", "_response", "_session")

    def __init__(self, session: aiohttp.ClientSession, outgoing: Outgoing) -> None:
        self._session = session
        self._outgoing = outgoing
        self._response: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> Reply:
        outgoing = self._outgoing
        try:
            response = await self._session.request(
                outgoing.method,
                _url(outgoing.url),
                data=outgoing.body,
                headers=outgoing.headers,
                # A redirect would carry the credential to a host nobody configured.
                allow_redirects=False,
            )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise broken(error) from error
        self._response = response
        return Reply(response)

    async def __aexit__(self, *_: object) -> None:
        # Closes the connection, unless the body was read to its end: then it is already back in
        # the pool.
        if self._response is not None:
            self._response.close()


@lru_cache(maxsize=1_024)
def _url(text: str) -> URL:
    return URL(text, encoded=True)


class Client:
    """Pooled connections to all upstreams. `connect` and `idle` are time limits in seconds."""

    def __init__(self, *, connect: float, idle: float) -> None:
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=idle)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def open(self, outgoing: Outgoing) -> Visit:
        """A context that sends, and gives the reply once its head is there.

        Leaving it early closes the connection. Entering raises GatewayError(UPSTREAM_TIMEOUT or
        UPSTREAM_BROKEN) when there is no reply.
        """
        return Visit(self._ready(), outgoing)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _ready(self) -> aiohttp.ClientSession:
        # Made on first use, because a server without lifespan (daphne) never calls a start hook.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, ttl_dns_cache=300, keepalive_timeout=_KEPT_ALIVE
                ),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=True,
                read_bufsize=_READ_BUFFER,
                skip_auto_headers=("accept", "user-agent", "accept-encoding"),
            )
        return self._session


def broken(error: Exception) -> GatewayError:
    """Foreign exceptions become ours here. Their text may hold a URL or a host: not quoted."""
    if isinstance(error, TimeoutError):
        return GatewayError(ErrorKind.UPSTREAM_TIMEOUT, _TIMEOUT_MESSAGE)
    if isinstance(error, aiohttp.ClientConnectorError):
        message = "The upstream cannot be reached. Try again in a moment."
    elif isinstance(error, aiohttp.ServerDisconnectedError):
        message = "The upstream closed the connection without an answer."
    else:
        message = "The connection to the upstream broke."
    return GatewayError(ErrorKind.UPSTREAM_BROKEN, f"{message} ({type(error).__name__})")
