"""One piece of work for many who wait."""

from __future__ import annotations

import asyncio

import pytest

from credentials.flights import Flights


class Work:
    def __init__(self) -> None:
        self.begun = 0
        self.go = asyncio.Event()
        self.ended = False

    async def __call__(self) -> int:
        self.begun += 1
        await self.go.wait()
        self.ended = True
        return self.begun


async def test_all_get_the_result_of_one() -> None:
    flights, work = Flights[int](), Work()
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(flights.join(1, work)) for _ in range(1_000)]
        await asyncio.sleep(0)
        work.go.set()
    assert {task.result() for task in waiting} == {1}


async def test_the_next_one_begins_anew_and_others_have_their_own() -> None:
    flights, work = Flights[int](), Work()
    work.go.set()
    assert [await flights.join(id, work) for id in (1, 1, 2)] == [1, 2, 3]


async def test_who_leaves_does_not_stop_it() -> None:
    flights, work = Flights[int](), Work()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(flights.join(1, work))
        second = group.create_task(flights.join(1, work))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        work.go.set()
    assert first.cancelled()
    assert second.result() == 1


async def test_a_failure_reaches_everybody() -> None:
    async def broken() -> int:
        raise LookupError

    flights = Flights[int]()
    results = await asyncio.gather(
        flights.join(1, broken), flights.join(1, broken), return_exceptions=True
    )
    assert [type(each) for each in results] == [LookupError, LookupError]


async def test_closing_waits_and_cancelling_does_not() -> None:
    flights, work = Flights[int](), Work()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(flights.join(1, work))
        await asyncio.sleep(0)
        waiting.cancel()
        closing = group.create_task(flights.close())
        await asyncio.sleep(0)
        assert not closing.done()
        work.go.set()
    assert work.ended


async def test_what_can_be_repeated_is_given_up() -> None:
    flights, work = Flights[int](), Work()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(flights.join(1, work))
        await asyncio.sleep(0)
        await flights.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert not work.ended
