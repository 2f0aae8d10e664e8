"""One piece of work per credential at a time, however many wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """The owner of the tasks. Who leaves early does not stop the work for the others."""

    def __init__(self) -> None:
        self._tasks: dict[int, asyncio.Task[T]] = {}

    async def join(self, id: int, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of the work that is under way for `id`, or else of `work`."""
        task = self._tasks.get(id)
        if task is None:
            task = asyncio.get_running_loop().create_task(work())
            self._tasks[id] = task
            task.add_done_callback(lambda _: self._tasks.pop(id, None))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Waits for what is under way: an answer that holds a rotated token must be stored."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def cancel(self) -> None:
        """Gives up what is under way."""
        for task in self._tasks.values():
            task.cancel()
        await self.close()
