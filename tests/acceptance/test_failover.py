"""Many credentials look like one that never fails, until the first byte; after it, never again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from gateway.simulator.journal import Exchange
from tests.acceptance.books import Books
from tests.acceptance.line import Line
from tests.acceptance.tongue import GEMINI, OPENAI, Tongue
from tests.support.gateway import Gateway, Key, Provider, configure, free_port
from tests.support.simulator import Upstream

FAILURES = ["429-minute", "429-day", "500", "503", "401", "403", "cut-early", "garbage"]
MODES = ["stream", "whole"]
POOLS = [
    f"{tongue.name}-{failure}-{mode}"
    for tongue in (OPENAI, GEMINI)
    for failure in FAILURES
    for mode in MODES
]


def pool(name: str, upstream: Upstream, count: int) -> Provider:
    return Provider(name, upstream.openai, keys=[f"{name}-{number}" for number in range(count)])


@pytest.fixture(scope="module")
def pools(tmp_path_factory: pytest.TempPathFactory, simulated: Upstream) -> Iterator[Gateway]:
    """A pool for every case: what one does to its credentials is its own affair."""
    down = f"http://127.0.0.1:{free_port()}/v1"
    gateway = configure(
        tmp_path_factory.mktemp("failover"),
        simulated.base,
        keys=[f"gemini-key-{number}" for number in range(12)],
        providers=[
            *(pool(name, simulated, 3) for name in POOLS),
            *(pool(f"{tongue.name}-tired", simulated, 1) for tongue in (OPENAI, GEMINI)),
            *(pool(f"{tongue.name}-blamed", simulated, 1) for tongue in (OPENAI, GEMINI)),
            pool("breaking", simulated, 8),
            Provider("down", down, keys=["down-key"], models={"either": "gpt-5"}),
            Provider("up", simulated.openai, keys=["up-key"], models={"either": "gpt-5"}),
            Provider("nowhere", down, keys=["nowhere-key"]),
        ],
    )
    with gateway:
        yield gateway


@pytest.fixture(scope="module")
def wallet(pools: Gateway) -> Key:
    return pools.key(quota=1_000_000)


async def post(
    gateway: Gateway, key: Key, tongue: Tongue, model: str, *, stream: bool = False
) -> httpx.Response:
    path, body = tongue.ask(model, stream=stream)
    headers = {"authorization": key.secret}
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False, timeout=20) as client:
        return await client.post(path, json=body, headers=headers)


def answered(answer: httpx.Response, tongue: Tongue, *, stream: bool) -> None:
    """The client notices nothing."""
    assert answer.status_code == 200, answer.text
    if stream:
        assert tongue.finished(answer.content)
        assert tongue.said(answer.content) == "You said: hello"
    else:
        assert tongue.text(answer.json()) == "You said: hello"


def never_twice(requests: Sequence[Exchange], good: str) -> None:
    asked = [entry.key for entry in requests]
    assert asked[-1] == good
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("failure", FAILURES)
async def test_another_credential_answers(
    pools: Gateway, wallet: Key, upstream: Upstream, tongue: Tongue, failure: str, mode: str
) -> None:
    name = f"{tongue.name}-{failure}-{mode}"
    upstream.fail(f"{name}-0", failure)
    upstream.fail(f"{name}-2", failure)
    # The first request may happen to meet the good credential at once; two cannot both.
    for _ in range(2):
        before = len(upstream.requests)
        answer = await post(pools, wallet, tongue, f"{name}/gpt-5", stream=mode == "stream")
        answered(answer, tongue, stream=mode == "stream")
        never_twice(upstream.requests[before:], good=f"{name}-1")
    assert len(upstream.requests) > 2


@pytest.mark.parametrize(
    ("tongue", "failure"), [(GEMINI, "429-minute"), (OPENAI, "500"), (GEMINI, "401")]
)
async def test_another_gemini_key_answers(
    tmp_path: Path, upstream: Upstream, tongue: Tongue, failure: str
) -> None:
    """There is one Gemini pool, so each case needs a gateway of its own."""
    keys = [f"gemini-key-{number}" for number in range(3)]
    for bad in keys[::2]:
        upstream.fail(bad, failure)
    with configure(tmp_path, upstream.base, keys=keys) as gateway:
        wallet = gateway.key(quota=100)
        answer = await post(gateway, wallet, tongue, "gemini-2.5-flash", stream=True)
    answered(answer, tongue, stream=True)
    never_twice(upstream.requests, good=keys[1])


async def test_another_provider_answers_when_one_is_down(
    pools: Gateway, wallet: Key, upstream: Upstream, tongue: Tongue
) -> None:
    answered(await post(pools, wallet, tongue, "either"), tongue, stream=False)
    assert [entry.key for entry in upstream.requests] == ["up-key"]


async def test_a_provider_that_is_down_is_an_error_without_its_address(
    pools: Gateway, wallet: Key, tongue: Tongue
) -> None:
    answer = await post(pools, wallet, tongue, "nowhere/gpt-5")
    assert answer.status_code == 502
    assert tongue.complaint(answer.json()).code == "upstream_failed"
    assert "nowhere-key" not in answer.text
    assert "127.0.0.1" not in answer.text


async def test_a_resting_pool_says_when_to_come_back(
    pools: Gateway, wallet: Key, upstream: Upstream, tongue: Tongue
) -> None:
    name = f"{tongue.name}-tired"
    upstream.fail(f"{name}-0", "429-minute", times=1)
    for _ in range(2):
        answer = await post(pools, wallet, tongue, f"{name}/gpt-5")
        assert answer.status_code == 429
        # The upstream's own word was 20 seconds.
        assert 1 <= int(answer.headers["retry-after"]) <= 21
        assert tongue.complaint(answer.json()).message
    assert tongue.complaint(answer.json()).code == "upstream_cooling"
    assert len(upstream.requests) == 1, "a resting credential is not asked"


async def test_the_clients_own_mistake_is_not_tried_again_and_blames_nobody(
    pools: Gateway, wallet: Key, upstream: Upstream, tongue: Tongue
) -> None:
    name = f"{tongue.name}-blamed"
    for _ in range(4):
        answer = await post(pools, wallet, tongue, f"{name}/sim-400")
        assert answer.status_code == 400
        assert "Invalid value" in tongue.complaint(answer.json()).message
    assert len(upstream.requests) == 4
    answered(await post(pools, wallet, tongue, f"{name}/gpt-5"), tongue, stream=False)


@pytest.mark.parametrize("model", ["gemini-2.5-flash-sim", "breaking/sim"])
@pytest.mark.parametrize("breakage", ["cut", "error-midstream"])
async def test_an_answer_that_breaks_off_ends_with_an_error_and_no_second_answer(
    pools: Gateway, wallet: Key, upstream: Upstream, tongue: Tongue, model: str, breakage: str
) -> None:
    path, body = tongue.ask(f"{model}-{breakage}", "one two three", stream=True)
    async with Line.open(pools.port) as line:
        await line.ask("POST", path, headers={"authorization": wallet.secret}, body=body)
        data = await line.rest()
    assert "You said: one two three".startswith(tongue.said(data))
    assert tongue.said(data)
    assert not tongue.finished(data)
    assert tongue.broken(data).message
    assert len(upstream.requests) == 1


async def test_what_failed_costs_nothing(
    pools: Gateway, wallet: Key, upstream: Upstream, tongue: Tongue
) -> None:
    books = Books(pools)
    used = (await books.settled(wallet)).used
    await post(pools, wallet, tongue, "nowhere/gpt-5")
    await post(pools, wallet, tongue, f"{tongue.name}-blamed/sim-400")
    await post(pools, wallet, tongue, f"{tongue.name}-tired/gpt-5")
    assert (await books.settled(wallet)).used == used
