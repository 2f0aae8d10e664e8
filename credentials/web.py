"""HTTP of the control plane: token hosts and account services. Not for models (httpx)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple

import httpx

_LARGEST = 256 * 1024
_TOTAL = 20.0


class Answer(NamedTuple):
    """The body is left out of the repr: it may hold tokens."""

    status: int
    body: bytes

    def __repr__(self) -> str:
        return f"<Answer {self.status}, {len(self.body)} bytes>"


class Unreachable(Exception):
    """No complete answer. The text names neither the address nor what was sent."""


class Web:
    """`make` gives the client, on first use; it decides about proxies. `total` is in seconds."""

    def __init__(self, make: Callable[[], httpx.AsyncClient], *, total: float = _TOTAL) -> None:
        self._make = make
        self._total = total
        self._client: httpx.AsyncClient | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
    ) -> Answer:
        """Redirects are not followed: they would carry the secret to a host nobody configured.

        Raises Unreachable.
        """
        if self._client is None:
            self._client = self._make()
        request = self._client.build_request(method, url, headers=headers, data=form, json=json)
        try:
            async with asyncio.timeout(self._total):
                response = await self._client.send(request, stream=True, follow_redirects=False)
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

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def client(user_agent: str, proxy: str = "") -> httpx.AsyncClient:
    """`proxy` as in PROXY. Environment variables of the machine do not count."""
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
