from __future__ import annotations

import asyncio

import pytest

from keys.flight import Flight


class Work:
    """Each run waits until it is let go."""

    def __init__(self) -> None:
        self.runs = 0
        self.gate = asyncio.Event()

    async def __call__(self) -> bool:
        self.runs += 1
        await self.gate.wait()
        return True


async def test_callers_share_a_run_that_began_after_they_asked() -> None:
    work = Work()
    flight = Flight(work)
    async with asyncio.TaskGroup() as group:
        group.create_task(flight.run())
        while not work.runs:
            await asyncio.sleep(0)
        # These may want to see what was written after the first run had read.
        late = [group.create_task(flight.run()) for _ in range(10)]
        await asyncio.sleep(0)
        work.gate.set()
    assert work.runs == 2
    assert all(task.result() for task in late)


async def test_a_run_that_fails_is_run_again_for_those_who_waited() -> None:
    failures = [OSError("away")]

    async def work() -> bool:
        await asyncio.sleep(0)
        if failures:
            raise failures.pop()
        return True

    flight = Flight(work)
    first, second = await asyncio.gather(flight.run(), flight.run(), return_exceptions=True)
    assert isinstance(first, OSError)
    assert second is True


async def test_a_caller_may_share_a_run_that_it_saw_begin() -> None:
    work = Work()
    work.gate.set()
    flight = Flight(work)
    seen = flight.begun
    await flight.run()
    assert await flight.after(seen)
    assert work.runs == 1


async def test_a_cancelled_run_leaves_the_way_free() -> None:
    work = Work()
    flight = Flight(work)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(flight.run(), 0)
    work.gate.set()
    assert await flight.run()
