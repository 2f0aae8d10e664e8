"""One run at a time, shared by everybody who asked before it began. Pure asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Flight:
    """Runs `work` so that each caller gets a run that began after the call, and no more runs
    than that needs. A run that fails fails its caller; whoever waited behind it runs again."""

    def __init__(self, work: Callable[[], Awaitable[bool]]) -> None:
        self.begun = 0
        """How many runs have begun."""
        self._work = work
        self._lock = asyncio.Lock()
        self._done = 0
        self._result = False

    async def run(self) -> bool:
        return await self.after(self.begun)

    async def after(self, seen: int) -> bool:
        """The result of a run that began when `seen` others had: an old one, or one of its own."""
        async with self._lock:
            if self._done <= seen:
                self.begun += 1
                number = self.begun
                self._result = await self._work()
                self._done = number
            return self._result
