from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from keys.limits import Admission, Limited
from keys.limits.scripts import Names
from keys.limits.shared import Shared
from keys.limits.wire import connect
from tests.keys.limits.stage import (
    HOME,
    URL,
    Key,
    eventually,
    names_of_a_test,
    needs_redis,
    relayed,
    started,
    utcnow,
)

pytestmark = needs_redis

Task = asyncio.Task[Admission]


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[Shared, Shared, Names]]:
    """Two processes in small: each has a connection and a keeper of its own."""
    async with (
        names_of_a_test() as names,
        started(URL, names) as one,
        started(URL, names) as two,
    ):
        yield one, two, names


async def enter(limits: Shared, key: Key) -> Admission:
    return await limits.admit(key, HOME, utcnow())


def begin(limits: Shared, key: Key) -> Task:
    return asyncio.get_running_loop().create_task(enter(limits, key))


async def sizes(names: Names) -> tuple[int, int]:
    """How many run and how many wait, as Redis sees it."""
    client = connect(URL)
    running, line, _ = names.places(1)
    found = (int(await client.zcard(running)), int(await client.zcard(line)))
    await client.aclose()
    return found


async def until(names: Names, wanted: tuple[int, int]) -> None:
    async with asyncio.timeout(10):
        while await sizes(names) != wanted:
            await asyncio.sleep(0.01)


async def test_fifty_agents_on_two_processes_run_wait_or_hear_no_at_once() -> None:
    key = Key(concurrency=4, waiting=20)
    async with pair() as (one, two, names):
        agents = [begin((one, two)[number % 2], key) for number in range(50)]
        await eventually(lambda: sum(agent.done() for agent in agents) == 30)
        assert await sizes(names) == (4, 20)
        refused = [each for each in agents if each.done() and each.exception() is not None]
        assert len(refused) == 26
        assert all(isinstance(each.exception(), Limited) for each in refused)
        for agent in agents:
            if agent not in refused:
                (await agent).leave()
        await until(names, (0, 0))


async def test_a_place_passes_to_who_waits_longest_in_any_process() -> None:
    key = Key(concurrency=1, waiting=9)
    async with pair() as (one, two, names):
        running, order, line = await enter(one, key), list[int](), list[Task]()
        for number in range(6):
            task = begin((two, one)[number % 2], key)
            task.add_done_callback(partial(_note, order, number))
            line.append(task)
            await until(names, (1, number + 1))
        running.leave()
        for task in line:
            (await task).leave()
        assert order == [*range(6)]


def _note(order: list[int], number: int, _: Task) -> None:
    order.append(number)


async def test_waiting_in_vain_leaves_the_line() -> None:
    async with pair() as (one, two, names):
        two._local.patience = lambda: 0.05
        key = Key(concurrency=1, waiting=1)
        await enter(one, key)
        with pytest.raises(Limited) as refused:
            await enter(two, key)
        assert refused.value.waited == 0.05
        await until(names, (1, 0))


async def test_a_client_that_leaves_frees_its_place_in_the_line() -> None:
    key = Key(concurrency=1, waiting=1)
    async with pair() as (one, two, names):
        running, gone = await enter(one, key), begin(two, key)
        await until(names, (1, 1))
        gone.cancel()
        await until(names, (1, 0))
        waiting = begin(two, key)
        await until(names, (1, 1))
        running.leave()
        (await waiting).leave()


@pytest.mark.parametrize("moment", range(12))
async def test_a_client_may_leave_at_any_moment(moment: int) -> None:
    key = Key(concurrency=1, waiting=5)
    async with pair() as (one, two, names):
        running = await enter(one, key)
        unlucky, lucky = begin(two, key), begin(one, key)
        if moment % 2:
            await until(names, (1, 2))
        running.leave()
        for _ in range(moment):
            await asyncio.sleep(0.001)
        unlucky.cancel()
        for task in (unlucky, lucky):
            for found in await asyncio.gather(task, return_exceptions=True):
                if not isinstance(found, BaseException):
                    found.leave()
        await until(names, (0, 0))


async def test_places_are_prolonged_while_calls_run() -> None:
    key = Key(concurrency=1)
    async with pair() as (one, two, _):
        running = await enter(one, key)
        await asyncio.sleep(1.5)
        with pytest.raises(Limited):
            await enter(two, key)
        running.leave()


async def test_places_of_a_process_that_stops_are_free_at_once() -> None:
    key = Key(concurrency=2, waiting=5)
    async with names_of_a_test() as names:
        async with started(URL, names) as one:
            tasks: list[Any] = [begin(one, key) for _ in range(3)]
            await until(names, (2, 1))
        assert await sizes(names) == (0, 0)
        (await tasks[2]).leave()


async def test_who_waits_when_redis_goes_is_not_forgotten() -> None:
    key = Key(concurrency=1, waiting=5)
    async with relayed() as relay, names_of_a_test() as names, started(relay.url, names) as one:
        await enter(one, key)
        waiter = begin(one, key)
        await until(names, (1, 1))
        await relay.cut()
        # This process counts for itself now, and knows of no other call.
        (await waiter).leave()


async def test_what_runs_is_said_again_when_redis_comes_back() -> None:
    key = Key(concurrency=1)
    async with relayed() as relay, names_of_a_test() as names, started(relay.url, names) as one:
        running = await enter(one, key)
        await relay.cut()
        await eventually(lambda: not one.healthy)
        client = connect(URL)
        await client.delete(*names.places(1))
        await client.aclose()
        await relay.open()
        await until(names, (1, 0))
        running.leave()
        await until(names, (0, 0))


async def test_a_lowered_limit_counts_also_when_older_calls_leave() -> None:
    async with pair() as (one, _, names):
        older = [await enter(one, Key(concurrency=4)) for _ in range(4)]
        waiter = begin(one, Key(concurrency=1, waiting=5))
        await until(names, (4, 1))
        for admission in older[:3]:
            admission.leave()
        await until(names, (1, 1))
        older[3].leave()
        (await waiter).leave()


@pytest.mark.parametrize("seed", range(4))
async def test_whoever_leaves_whenever_no_place_is_lost_and_none_is_given_twice(seed: int) -> None:
    chance, key, running, most = random.Random(seed), Key(concurrency=3, waiting=100), 0, 0

    async def agent(limits: Shared) -> None:
        nonlocal running, most
        admission = await enter(limits, key)
        running += 1
        most = max(most, running)
        try:
            await asyncio.sleep(chance.uniform(0, 0.005))
        finally:
            running -= 1
            admission.leave()

    async with pair() as (one, two, names):
        loop = asyncio.get_running_loop()
        agents = [loop.create_task(agent(chance.choice((one, two)))) for _ in range(60)]
        for unlucky in chance.sample(agents, 25):
            await asyncio.sleep(chance.uniform(0, 0.004))
            unlucky.cancel()
        found = await asyncio.gather(*agents, return_exceptions=True)
        assert {type(each) for each in found} <= {type(None), asyncio.CancelledError}
        assert sum(each is None for each in found) >= 35
        assert 1 <= most <= 3
        await until(names, (0, 0))
