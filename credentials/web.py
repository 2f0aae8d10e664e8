"""HTTP of the control plane: token hosts and account services. Not for models (httpx)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import NamedTuple

import httpx

from credentials import egress

_LARGEST = 256 * 1024
_TOTAL = 20.0
_CLIENTS = 16


class Answer(NamedTuple):
    """The body is left out of the repr: it may hold tokens."""

    status: int
    body: bytes

    def __repr__(self) -> str:
        return f"<Answer {self.status}, {len(self.body)} bytes>"


class Unreachable(Exception):
    """No complete answer. The text names neither the address nor what was sent."""


class _Held:
    """A client, and how many requests it is sending."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.users = 0


class Web:
    """`make` gives the client that goes through a proxy ("": none), on first use; sixteen are
    kept. `proxy` is the one for all who have none of their own. `total` is in seconds."""

    def __init__(
        self,
        make: Callable[[str], httpx.AsyncClient],
        *,
        proxy: str = "",
        total: float = _TOTAL,
    ) -> None:
        self._make = make
        self._proxy = proxy
        self._total = total
        self._clients: OrderedDict[str, _Held] = OrderedDict()

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
        proxy: str = "",
    ) -> Answer:
        """Redirects are not followed: they would carry the secret to a host nobody configured.

        `proxy` as in `Access`. Raises Unreachable.
        """
        held = self._held(egress.chosen(proxy, self._proxy))
        held.users += 1
        try:
            request = held.client.build_request(method, url, headers=headers, data=form, json=json)
            return await self._sent(held.client, request)
        finally:
            held.users -= 1
            await self._shrink()

    async def close(self) -> None:
        while self._clients:
            await self._clients.popitem()[1].client.aclose()

    def _held(self, proxy: str) -> _Held:
        held = self._clients.get(proxy)
        if held is None:
            held = self._clients[proxy] = _Held(self._make(proxy))
        self._clients.move_to_end(proxy)
        return held

    async def _shrink(self) -> None:
        """Closes the clients that were used longest ago, if there are too many."""
        idle = [proxy for proxy, held in self._clients.items() if not held.users]
        for proxy in idle[: max(len(self._clients) - _CLIENTS, 0)]:
            await self._clients.pop(proxy).client.aclose()

    async def _sent(self, client: httpx.AsyncClient, request: httpx.Request) -> Answer:
        try:
            async with asyncio.timeout(self._total):
                response = await client.send(request, stream=True, follow_redirects=False)
                try:
                    return Answer(response.status_code, await _body(response))
                finally:
                    await response.aclose()
        except TimeoutError:
            raise Unreachable("did not answer in time") from None
        except httpx.HTTPError as error:
            late = isinstance(error, httpx.TimeoutException)
            # Without the cause: its text and its request hold what was sent.
            raise Unreachable(
                "did not answer in time" if late else f"cannot be reached ({type(error).__name__})"
            ) from None


def client(user_agent: str, proxy: str = "") -> httpx.AsyncClient:
    """`proxy` is a URL, or "" for none. Environment variables of the machine do not count."""
    return httpx.AsyncClient(
        headers={"user-agent": user_agent, "accept": "application/json"},
        timeout=httpx.Timeout(10.0, connect=5.0),
        proxy=proxy or None,
        trust_env=False,
    )


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _LARGEST:
            raise Unreachable("answered with too much")
    return bytes(body)
