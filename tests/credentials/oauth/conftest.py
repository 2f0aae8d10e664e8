"""A desk at the real OAuth server, and one whose provider says what a test wants."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import httpx
import pytest

from credentials.issuers import Issuer, Issuers
from credentials.oauth.desk import Desk, Wait
from credentials.web import Web, client
from tests.credentials.fakes import VAULT, Clock
from tests.support.oauthserver import Provider, provider
from tests.support.simulator import simulated, upstream

__all__ = ["provider", "simulated", "upstream"]

T = TypeVar("T")
BASE = "https://potluck.test"
SESSION = "planted-session-of-anna"
OTHER = "planted-session-of-bob"


class Loop:
    """An event loop in a thread, as the gateway's is for a page."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def wait(loop: Loop) -> Wait:
    return loop.wait


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(provider: Provider, loop: Loop, clock: Clock) -> Iterator[Desk]:
    """The providers "acme" (a public client), "strict" (with a secret) and "tv" (a device)."""
    known = {
        "acme": provider.issuer(),
        "strict": provider.issuer("secret"),
        "tv": provider.issuer("device", authorize_url="", issuer=""),
    }
    web = Web(partial(client, "potluck/test"), total=5.0)
    yield Desk(Issuers(providers=known), VAULT, web, loop.wait, clock)
    loop.wait(web.close())


class Script:
    """A provider that answers `replies` in turn, the last one for ever: (status, body)."""

    def __init__(self) -> None:
        self.replies: list[tuple[int, Any]] = [(200, {})]
        self.asked: list[httpx.Request] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        status, body = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if status == 0:
            raise httpx.ConnectError("planted-address")
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.Response(status, content=content)

    def form(self, number: int = -1) -> dict[str, str]:
        return dict(httpx.QueryParams(self.asked[number].content.decode()))


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def scripted(script: Script, loop: Loop, clock: Clock) -> Iterator[Desk]:
    """The provider "acme" at that script."""
    web = scripted_web(script)
    yield Desk(Issuers(providers={"acme": ACME}), VAULT, web, loop.wait, clock)
    loop.wait(web.close())


def scripted_web(script: Script) -> Web:
    make: Callable[[str], httpx.AsyncClient] = lambda _: httpx.AsyncClient(  # noqa: E731
        transport=httpx.MockTransport(script.answer)
    )
    return Web(make)


def of(desk: Desk, **changes: Any) -> Desk:
    """The same desk, with another configuration of "acme"."""
    changed = {**desk.issuers.providers}
    changed["acme"] = Issuer(**_fields(changed["acme"]) | changes)
    return replace(desk, issuers=Issuers(desk.issuers.google, changed))


def _fields(issuer: Issuer) -> dict[str, Any]:
    return {name: getattr(issuer, name) for name in issuer.__struct_fields__}


ACME = Issuer(
    token_url="https://login.acme.test/token",
    authorize_url="https://login.acme.test/authorize",
    device_url="https://login.acme.test/device",
    revoke_url="https://login.acme.test/revoke",
    client_id="acme-client",
    client_secret="planted-secret",
    scopes=("models",),
)
GRANTED = {
    "access_token": "planted-access",
    "refresh_token": "planted-refresh",
    "token_type": "Bearer",
    "expires_in": 600,
}
