"""One gateway for all tests that leave it as they found it, and a client for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.acceptance.books import Books
from tests.acceptance.tongue import GEMINI, OPENAI, Tongue
from tests.support.gateway import Gateway, Key, Provider, configure
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

# Providers with one credential each, so that a test can harm one without harming the others.
LONE = ("lone-a", "lone-b", "lone-c", "lone-d", "lone-e", "lone-f", "lone-g", "lone-h")


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory, simulated: Upstream) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("acceptance")
    lone = [Provider(name, simulated.openai, keys=[f"{name}-key"]) for name in LONE]
    sim = Provider(
        "sim",
        simulated.openai,
        keys=[f"openai-key-{number}" for number in range(4)],
        models={"sim-chat": "gpt-5"},
    )
    gateway = configure(
        folder,
        simulated.base,
        keys=[f"gemini-key-{number}" for number in range(4)],
        providers=[sim, *lone],
        KEEPALIVE_INTERVAL="1",
        LOG_FILE=str(folder / "gateway.log"),
        LOG_LEVEL="debug",
    )
    with gateway:
        yield gateway


@pytest.fixture(scope="session")
def books(gateway: Gateway) -> Books:
    return Books(gateway)


@pytest.fixture(scope="session")
def key(gateway: Gateway) -> Key:
    """For whoever does not count units."""
    return gateway.key(quota=1_000_000, description="everyone's")


@pytest.fixture(scope="session")
def purse(gateway: Gateway) -> Key:
    """For tests that count units, one after the other."""
    return gateway.key(quota=1_000_000, description="counted")


@pytest.fixture
async def client(gateway: Gateway, key: Key) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {key.secret}"}
    async with httpx.AsyncClient(
        base_url=gateway.url, headers=headers, timeout=20, trust_env=False
    ) as client:
        yield client


@pytest.fixture(params=[OPENAI, GEMINI], ids=["openai", "gemini"])
def tongue(request: pytest.FixtureRequest) -> Tongue:
    found: Tongue = request.param
    return found


@pytest.fixture
async def unharmed(
    gateway: Gateway, books: Books, purse: Key, upstream: Upstream
) -> AsyncIterator[None]:
    """Around a test: the purse is as full as before, and the server still answers."""
    before = await books.settled(purse)
    yield
    assert await books.settled(purse) == before
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False) as client:
        answer = await client.get("/v1/models", headers={"authorization": purse.secret})
    assert answer.status_code == 200
