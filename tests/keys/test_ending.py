from __future__ import annotations

import asyncio

from keys.ending import end


async def deaf(times: int) -> None:
    """Swallows so many cancellations."""
    for _ in range(times):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    await asyncio.Event().wait()


async def failing() -> None:
    try:
        await asyncio.Event().wait()
    finally:
        raise ValueError


async def test_a_task_ends_though_a_cancellation_was_swallowed() -> None:
    tasks = [asyncio.get_running_loop().create_task(deaf(times)) for times in (0, 1, 2)]
    await asyncio.sleep(0)
    await end(tasks)
    assert all(task.cancelled() for task in tasks)


async def test_one_that_fails_in_its_end_has_ended() -> None:
    task = asyncio.get_running_loop().create_task(failing())
    await asyncio.sleep(0)
    await end([task])
    assert isinstance(task.exception(), ValueError)


async def test_nothing_is_waited_for_when_all_have_ended() -> None:
    await end([])
    task = asyncio.get_running_loop().create_task(asyncio.sleep(0))
    await task
    await end([task])
    assert not task.cancelled()
