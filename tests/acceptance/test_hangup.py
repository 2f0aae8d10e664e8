"""A client that leaves: the upstream must not go on answering, and the books must be right."""

from __future__ import annotations

import time

import httpx
import pytest

from gateway.simulator.journal import Exchange, Side
from tests.acceptance.books import Books, until
from tests.acceptance.line import Line
from tests.acceptance.tongue import OPENAI, Tongue
from tests.support.gateway import Gateway, Key
from tests.support.simulator import Upstream

# The aim is 0.1 s; a busy machine gets more.
LIMIT = 1.0

UPSTREAMS = pytest.mark.parametrize("upstream_model", ["gemini-2.5-flash-sim", "sim/sim"])


async def ask(line: Line, key: Key, tongue: Tongue, model: str, *, stream: bool = True) -> None:
    path, body = tongue.ask(model, stream=stream)
    await line.ask("POST", path, headers={"authorization": f"Bearer {key.secret}"}, body=body)


async def closed(upstream: Upstream, since: float) -> Exchange:
    """The one request of the test, once it is over; prints how long after `since` that was."""
    await until(lambda: bool(upstream.requests) and not upstream.open)
    (entry,) = upstream.requests
    assert entry.closed_at is not None
    print(f"the upstream saw the hang-up after {(entry.closed_at - since) * 1000:.1f} ms")
    assert entry.closed_at - since < LIMIT
    return entry


@UPSTREAMS
async def test_the_upstream_is_left_when_the_client_leaves_in_mid_stream(
    gateway: Gateway,
    books: Books,
    purse: Key,
    upstream: Upstream,
    tongue: Tongue,
    upstream_model: str,
) -> None:
    used = (await books.settled(purse)).used
    async with Line.open(gateway.port) as line:
        await ask(line, purse, tongue, f"{upstream_model}-stall")
        await line.piece()
        left = time.monotonic()
        await line.hang_up()
    assert (await closed(upstream, left)).closed_by is Side.CLIENT
    cost = 2 if "flash" in upstream_model else 1
    assert (await books.settled(purse)).used == used + cost, "an answer that began is charged, once"


@UPSTREAMS
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
async def test_the_upstream_is_left_when_the_client_leaves_before_the_first_byte(
    gateway: Gateway,
    books: Books,
    purse: Key,
    upstream: Upstream,
    tongue: Tongue,
    upstream_model: str,
    stream: bool,
) -> None:
    used = (await books.settled(purse)).used
    async with Line.open(gateway.port) as line:
        await ask(line, purse, tongue, f"{upstream_model}-hang", stream=stream)
        await until(lambda: bool(upstream.open))
        left = time.monotonic()
        await line.hang_up()
    assert (await closed(upstream, left)).closed_by is Side.CLIENT
    assert (await books.settled(purse)).used == used, "nothing was answered, nothing is charged"


@pytest.mark.parametrize("model", ["lone-a/sim-stall", "lone-a/sim-hang"])
async def test_the_credential_is_not_blamed(
    gateway: Gateway, key: Key, upstream: Upstream, client: httpx.AsyncClient, model: str
) -> None:
    """The provider has one credential: if it rested, nobody could answer the second request."""
    for _ in range(4):
        async with Line.open(gateway.port) as line:
            await ask(line, key, OPENAI, model)
            await until(lambda: bool(upstream.open))
        await until(lambda: not upstream.open)
    path, body = OPENAI.ask("lone-a/gpt-5")
    answer = await client.post(path, json=body)
    assert answer.status_code == 200, answer.text


async def test_a_client_that_leaves_after_the_last_word_is_no_failure(
    gateway: Gateway, books: Books, purse: Key, tongue: Tongue
) -> None:
    """SDKs close the connection as soon as they have read the end."""
    used = (await books.settled(purse)).used
    async with Line.open(gateway.port) as line:
        await ask(line, purse, tongue, "sim-chat")
        data = b""
        while not tongue.finished(data):
            data += await line.piece()
    await until(lambda: books.balance(purse).used == used + 1)
    await until(
        lambda: bool(
            books.query(
                "SELECT 1 FROM keys_requestrecord WHERE key_id = %s AND status = 200 AND units = 1",
                purse.id,
            )
        )
    )
