"""Quotas are exact: for any number of processes, and when all of them die at once."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.acceptance.books import Balance, Books, until
from tests.acceptance.tongue import GEMINI, OPENAI, Tongue
from tests.settings import DATABASES, POSTGRES
from tests.support.gateway import Gateway, Key, Provider, configure
from tests.support.simulator import Upstream

CALLS = 200
SERVED = 50


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """DATABASE_URL of an empty database; "" is SQLite in the DATA_DIR."""
    if request.param == "sqlite":
        yield ""
        return
    if "postgres" not in DATABASES:
        pytest.skip("no PostgreSQL answers (POTLUCK_TEST_POSTGRES)")
    name = f"potluck_{uuid.uuid4().hex}"
    server = POSTGRES.rpartition("/")[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        yield f"{server}/{name}"
        admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(scope="module")
def crowd(
    tmp_path_factory: pytest.TempPathFactory, simulated: Upstream, database: str
) -> Iterator[Gateway]:
    """Four server processes on one database."""
    keys = [f"crowd-key-{number}" for number in range(4)]
    gateway = configure(
        tmp_path_factory.mktemp("crowd"),
        simulated.base,
        keys=[f"gemini-{key}" for key in keys],
        providers=[Provider("sim", simulated.openai, keys=keys)],
        WORKERS="4",
        **({"DATABASE_URL": database} if database else {}),
    )
    with gateway:
        yield gateway


async def ask(client: httpx.AsyncClient, tongue: Tongue, model: str, *, stream: bool) -> str:
    """The code of the error, "" for an answer, "gone" when the connection broke."""
    path, body = tongue.ask(model, stream=stream)
    try:
        answer = await client.post(path, json=body)
    except httpx.TransportError:
        return "gone"
    if answer.status_code == 200:
        return ""
    assert answer.status_code == 429, answer.text
    return tongue.complaint(answer.json()).code


async def storm(gateway: Gateway, key: Key, model: str, calls: int) -> Counter[str]:
    """All calls at once: both dialects, streamed and whole."""
    limits = httpx.Limits(max_connections=calls)
    async with httpx.AsyncClient(
        base_url=gateway.url,
        headers={"authorization": f"Bearer {key.secret}"},
        timeout=60,
        limits=limits,
        trust_env=False,
    ) as client:
        asks = (
            ask(client, (OPENAI, GEMINI)[number % 2], model, stream=bool(number & 2))
            for number in range(calls)
        )
        return Counter(await asyncio.gather(*asks))


def charged_once(books: Books, key: Key) -> None:
    charges = books.charges(key)
    assert len({request for request, _ in charges}) == len(charges)
    assert sum(units for _, units in charges) == books.balance(key).used


async def test_exactly_the_quota_is_served(crowd: Gateway, upstream: Upstream) -> None:
    key, books = crowd.key(quota=SERVED), Books(crowd)
    outcome = await storm(crowd, key, "sim/gpt-5", CALLS)
    assert outcome == {"": SERVED, "insufficient_quota": CALLS - SERVED}
    assert len(upstream.requests) == SERVED
    assert await books.settled(key) == Balance(SERVED, SERVED, 0)
    charged_once(books, key)


async def test_a_murdered_server_owes_nobody_anything(crowd: Gateway, upstream: Upstream) -> None:
    """SIGKILL to all processes: thirty calls of Alice wait for their answers, and of Bob's two
    hundred some are being reserved, some answered, some settled."""
    alice, bob, books = crowd.key(quota=1_000), crowd.key(quota=1_000), Books(crowd)
    assert await storm(crowd, alice, "sim/gpt-5", 10) == {"": 10}
    await until(lambda: books.balance(alice) == (1_000, 10, 0))
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(storm(crowd, alice, "sim/sim-hang", 30))
        await until(lambda: len(upstream.open) == 30)
        assert (books.reservations(), books.balance(alice).reserved) == (30, 30)
        group.create_task(storm(crowd, bob, "sim/gpt-5", 200))
        await until(lambda: len(upstream.requests) > 90)
        crowd.kill()
    assert waiting.result() == {"gone": 30}
    assert books.balance(alice) == (1_000, 10, 30), "nothing is lost before the sweep"
    books.expire()
    crowd.start()
    await until(lambda: books.reservations() == 0)
    assert books.balance(alice) == (1_000, 10, 0)
    assert books.balance(bob).reserved == 0
    assert books.balance(bob).used <= len(upstream.requests) - 40
    charged_once(books, alice)
    charged_once(books, bob)
    audit = crowd.audit()
    assert audit.returncode == 0, audit.stdout
    assert await storm(crowd, alice, "sim/gpt-5", 4) == {"": 4}
