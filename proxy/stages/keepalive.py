"""Says something while the upstream thinks, without disturbing the wait for it.

A timer beside the writer, not a stage in the pipeline: a stage would need a task for every read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Keepalive:
    """Calls `ping` whenever nothing was noted for `every` seconds. 0 turns it off.

    `first`: seconds until the first one, where that must come sooner.
    """

    def __init__(
        self, every: float, ping: Callable[[], Awaitable[None]], *, first: float | None = None
    ) -> None:
        self._every = every
        self._first = every if first is None else min(first, every)
        self._ping = ping
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._speaking: asyncio.Task[None] | None = None

    def note(self) -> None:
        """Something has just been sent."""
        self._last = self._loop.time()

    def start(self) -> None:
        if self._every > 0:
            self._timer = self._loop.call_later(self._first, self._check)

    async def stop(self) -> None:
        """No ping is sent after this returns."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._speaking is not None:
            self._speaking.cancel()
            await asyncio.gather(self._speaking, return_exceptions=True)
            self._speaking = None

    def _check(self) -> None:
        quiet, limit = self._loop.time() - self._last, self._first
        self._first = self._every
        if quiet < limit:
            self._timer = self._loop.call_later(self._every - quiet, self._check)
            return
        if self._speaking is None or self._speaking.done():
            self._speaking = self._loop.create_task(self._speak())
        self._timer = self._loop.call_later(self._every, self._check)

    async def _speak(self) -> None:
        await self._ping()
        self.note()
