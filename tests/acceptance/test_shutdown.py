"""SIGTERM: nobody new comes in, running answers get SHUTDOWN_GRACE seconds, books are closed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.books import Balance, Books, until
from tests.acceptance.line import Broken, Line
from tests.acceptance.tongue import OPENAI
from tests.support.gateway import Gateway, Key, Provider, configure
from tests.support.simulator import Upstream

GRACE = 3


@pytest.fixture(params=["1", "2"], ids=["one process", "two processes"])
def leaving(
    request: pytest.FixtureRequest, tmp_path: Path, upstream: Upstream
) -> Iterator[Gateway]:
    gateway = configure(
        tmp_path,
        upstream.base,
        keys=["gemini-key"],
        providers=[Provider("sim", upstream.openai, keys=["openai-key-0", "openai-key-1"])],
        SHUTDOWN_GRACE=str(GRACE),
        WORKERS=request.param,
    )
    with gateway:
        yield gateway


async def refused(gateway: Gateway) -> bool:
    """Whether a new client gets no answer."""
    try:
        async with Line.open(gateway.port) as line:
            await line.ask("GET", "/v1/models")
            return (await line.head()).status == 503
    except (OSError, Broken, TimeoutError):
        return True


async def ask(line: Line, key: Key, model: str) -> None:
    path, body = OPENAI.ask(model, stream=True)
    await line.ask("POST", path, headers={"authorization": key.secret}, body=body)


async def test_running_streams_may_end_and_all_is_settled(
    leaving: Gateway, upstream: Upstream
) -> None:
    key, books = leaving.key(quota=100), Books(leaving)
    async with Line.open(leaving.port) as soon, Line.open(leaving.port) as never:
        await ask(never, key, "sim/sim-stall")
        await ask(soon, key, "sim/sim-slow-1.5")
        assert await never.piece()
        await until(lambda: len(upstream.open) == 2)
        leaving.terminate()
        began = time.monotonic()
        data = await soon.rest()
        assert OPENAI.finished(data)
        assert await refused(leaving)
        # The one that takes longer is told why it ends.
        assert b'"code":"shutting_down"' in await never.rest()
    assert leaving.wait() == 0
    assert time.monotonic() - began < GRACE + 5
    assert books.balance(key) == Balance(100, 2, 0), "both answers had begun"
    assert books.reservations() == 0


@pytest.mark.parametrize("leaving", ["1"], ids=["one process"], indirect=True)
async def test_an_idle_server_leaves_at_once(leaving: Gateway) -> None:
    leaving.terminate()
    began = time.monotonic()
    assert leaving.wait() == 0
    assert time.monotonic() - began < GRACE
