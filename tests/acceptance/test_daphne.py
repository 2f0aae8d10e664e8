"""The same ASGI application under daphne, which has no lifespan and tells writers nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from gateway.simulator.journal import Side
from tests.acceptance.books import Books, until
from tests.acceptance.line import Line
from tests.acceptance.tongue import OPENAI, Tongue
from tests.support.gateway import Gateway, Key, Provider, configure
from tests.support.simulator import Upstream

DAPHNE = (sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", "{port}")


@pytest.fixture(scope="module")
def daphne(tmp_path_factory: pytest.TempPathFactory, simulated: Upstream) -> Iterator[Gateway]:
    gateway = configure(
        tmp_path_factory.mktemp("daphne"),
        simulated.base,
        keys=["gemini-key-0", "gemini-key-1"],
        providers=[Provider("sim", simulated.openai, keys=["openai-key-0", "openai-key-1"])],
    )
    gateway.server = (*DAPHNE, "gateway.asgi:application")
    assert gateway.manage("migrate", "--verbosity=0").returncode == 0
    with gateway:
        yield gateway


@pytest.fixture(scope="module")
def guest(daphne: Gateway) -> Key:
    return daphne.key(quota=1_000)


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize("model", ["gemini-2.5-flash", "sim/gpt-5"])
async def test_it_answers(
    daphne: Gateway, guest: Key, tongue: Tongue, model: str, stream: bool
) -> None:
    async with Line.open(daphne.port) as line:
        path, body = tongue.ask(model, stream=stream)
        await line.ask("POST", path, headers={"authorization": guest.secret}, body=body)
        assert (await line.head()).status == 200
        data = await line.rest()
    if stream:
        assert (tongue.said(data), tongue.finished(data)) == ("You said: hello", True)
    else:
        assert b"You said: hello" in data


@pytest.mark.parametrize(("model", "cost"), [("sim/sim-hang", 0), ("sim/sim-stall", 1)])
async def test_a_hang_up_closes_the_upstream(
    daphne: Gateway, guest: Key, upstream: Upstream, model: str, cost: int
) -> None:
    books = Books(daphne)
    used = (await books.settled(guest)).used
    async with Line.open(daphne.port) as line:
        path, body = OPENAI.ask(model, stream=True)
        await line.ask("POST", path, headers={"authorization": guest.secret}, body=body)
        if cost:
            await line.piece()
        await until(lambda: bool(upstream.open))
        left = time.monotonic()
    await until(lambda: not upstream.open)
    (entry,) = upstream.requests
    assert entry.closed_by is Side.CLIENT
    assert entry.closed_at is not None
    print(f"the upstream saw the hang-up after {(entry.closed_at - left) * 1000:.1f} ms")
    assert entry.closed_at - left < 1
    assert (await books.settled(guest)).used == used + cost
