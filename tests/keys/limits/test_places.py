from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.limits.places import Crowded, Lease, Places

LONG = 3_600.0


async def turn(times: int = 3) -> None:
    """Lets everybody run who can."""
    for _ in range(times):
        await asyncio.sleep(0)


def begin(places: Places, limit: int = 1, waiting: int = 10) -> asyncio.Task[Lease]:
    return asyncio.get_running_loop().create_task(places.enter("key", limit, waiting, LONG))


async def test_fifty_agents_on_one_key_run_wait_or_hear_no_at_once() -> None:
    places, order = Places(), list[int]()

    async def agent(number: int) -> str:
        try:
            lease = await places.enter("key", 4, 20, LONG)
        except Crowded as crowded:
            assert crowded.waited is None
            return "refused"
        order.append(number)
        assert places.running("key") <= 4
        await turn()
        lease.leave()
        return "ran"

    outcomes = await asyncio.gather(*(agent(number) for number in range(50)))
    assert outcomes == ["ran"] * 24 + ["refused"] * 26
    assert order == [*range(24)]
    assert len(places) == 0


async def test_a_free_place_is_taken_without_yielding() -> None:
    entering = Places().enter("key", 1, 0, LONG)
    with pytest.raises(StopIteration):
        entering.send(None)


async def test_a_place_passes_to_who_waits_longest() -> None:
    places = Places()
    first = await begin(places)
    second, third = begin(places), begin(places)
    await turn()
    assert (places.running("key"), places.waiting("key")) == (1, 2)
    first.leave()
    await turn()
    assert second.done() and not third.done()
    second.result().leave()
    assert (await third) is not None


async def test_nobody_overtakes_the_line() -> None:
    places = Places()
    first = await begin(places)
    second = begin(places)
    await turn()
    first.leave()
    late = begin(places)
    await turn()
    assert second.done() and not late.done()
    second.result().leave()
    (await late).leave()


async def test_leaving_twice_is_leaving_once() -> None:
    places = Places()
    first, _second = await begin(places, 2), await begin(places, 2)
    first.leave()
    first.leave()
    assert places.running("key") == 1


async def test_patience_ends_and_says_how_long_it_was() -> None:
    places = Places()
    lease = await begin(places)
    with pytest.raises(Crowded) as crowded:
        await places.enter("key", 1, 5, 0.001)
    assert crowded.value.waited == 0.001
    assert places.waiting("key") == 0
    lease.leave()
    assert len(places) == 0


async def test_a_client_that_leaves_frees_its_place_in_the_line_at_once() -> None:
    places = Places()
    lease = await begin(places, waiting=1)
    gone = begin(places, waiting=1)
    await turn()
    gone.cancel()
    waiting = begin(places, waiting=1)
    await turn()
    assert gone.cancelled() and not waiting.done()
    lease.leave()
    (await waiting).leave()


async def test_a_client_that_leaves_with_its_place_just_given_passes_it_on() -> None:
    places = Places()
    lease = await begin(places)
    unlucky, lucky = begin(places), begin(places)
    await turn()
    lease.leave()
    unlucky.cancel()
    await turn()
    assert unlucky.cancelled() and lucky.done()
    lucky.result().leave()
    assert len(places) == 0


async def test_a_raised_limit_lets_the_line_in_first() -> None:
    places = Places()
    await begin(places, 1)
    second = begin(places, 1)
    await turn()
    third = begin(places, 2)
    await turn()
    assert second.done() and not third.done()
    fourth = begin(places, 4)
    await turn()
    assert third.done() and fourth.done()


async def test_a_lowered_limit_lets_nobody_in_until_enough_have_left() -> None:
    places = Places()
    leases = [await begin(places, 3) for _ in range(3)]
    waiter = begin(places, 1)
    await turn()
    leases[0].leave()
    leases[1].leave()
    await turn()
    assert not waiter.done()
    leases[2].leave()
    await turn()
    assert waiter.done()


@pytest.mark.parametrize("limit", [0, -1])
async def test_a_limit_of_none_at_a_time_refuses_at_once(limit: int) -> None:
    with pytest.raises(Crowded):
        await Places().enter("key", limit, 100, LONG)


async def test_keys_do_not_disturb_each_other() -> None:
    places = Places()
    await places.enter("a", 1, 0, LONG)
    await places.enter("b", 1, 0, LONG)
    assert places.crowded("a", 1, 0)
    assert not places.crowded("c", 1, 0)
    assert len(places) == 2


STEPS = st.lists(
    st.tuples(st.sampled_from(["enter", "leave", "cancel", "turn"]), st.integers(0, 30)),
    max_size=80,
)


@settings(deadline=None)
@given(steps=STEPS, limit=st.integers(1, 4), waiting=st.integers(0, 4))
def test_whatever_happens_no_place_is_lost_and_none_is_given_twice(
    steps: list[tuple[str, int]], limit: int, waiting: int
) -> None:
    asyncio.run(story(steps, limit, waiting))


async def story(steps: list[tuple[str, int]], limit: int, waiting: int) -> None:
    places, tasks, done = Places(), list[asyncio.Task[Any]](), set[int]()
    for what, number in steps:
        act(places, tasks, done, what, number % max(1, len(tasks)), limit, waiting)
        if what == "turn":
            await turn()
            settled(places, tasks, done, limit, waiting)
    await turn()
    settled(places, tasks, done, limit, waiting)
    for _ in tasks:
        leave(tasks, done)
        await turn()
        settled(places, tasks, done, limit, waiting)
    assert all(task.done() for task in tasks)
    assert len(places) == 0


def act(
    places: Places,
    tasks: list[asyncio.Task[Any]],
    done: set[int],
    what: str,
    number: int,
    limit: int,
    waiting: int,
) -> None:
    if what == "enter":
        tasks.append(begin(places, limit, waiting))
    elif what == "leave":
        leave(tasks, done)
    elif what == "cancel" and tasks and not tasks[number].done():
        tasks[number].cancel()


def leave(tasks: list[asyncio.Task[Any]], done: set[int]) -> None:
    for number, task in enumerate(tasks):
        if number not in done and entered(task):
            done.add(number)
            task.result().leave()
            return


def entered(task: asyncio.Task[Any]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def settled(
    places: Places, tasks: list[asyncio.Task[Any]], done: set[int], limit: int, waiting: int
) -> None:
    """Between turns: as many run as are known to, and nobody waits before a free place."""
    running = sum(entered(task) for task in tasks) - len(done)
    assert running == places.running("key") <= limit
    assert places.waiting("key") == sum(not task.done() for task in tasks) <= waiting
    assert running == limit or not places.waiting("key")
