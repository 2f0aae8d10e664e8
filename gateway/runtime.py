"""Builds the rooms of the gateway for one process, keeps their snapshots fresh, and closes them."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

from gateway import stored
from gateway.rooms import Rooms, build
from proxy.app import Door

log = logging.getLogger("potluck.runtime")

_REFRESH = 1.0
_SWEEP = 30.0
_PRUNE = 3_600.0


utcnow: Callable[[], datetime] = partial(datetime.now, UTC)


class Runtime:
    """One per process. `door` is None until it has started."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="potluck-reader")
        self._rooms: Rooms | None = None
        self._loops: list[asyncio.Task[None]] = []
        self.door: Door | None = None

    async def start(self) -> Door:
        """Loads what the request path reads from memory. Called again, it does nothing."""
        async with self._lock:
            if self.door is None:
                loop = asyncio.get_running_loop()
                config = await loop.run_in_executor(self._reader, stored.current)
                rooms = build(config, self._reader, utcnow)
                await rooms.start()
                self._rooms = rooms
                self._loops = [
                    loop.create_task(_every(_REFRESH, rooms.refresh)),
                    loop.create_task(_every(_SWEEP, rooms.sweep)),
                    loop.create_task(_every(_PRUNE, rooms.prune)),
                ]
                self.door = Door(rooms.services)
                _settle_memory()
            return self.door

    async def stop(self) -> None:
        """Everything queued is committed before this returns."""
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._rooms is not None:
            await self._rooms.close()
        await asyncio.to_thread(partial(self._reader.shutdown, cancel_futures=True))
        self.door = None


def _settle_memory() -> None:
    """What is loaded by now stays for good: the collector need not walk through it for every few
    hundred requests. Requests themselves make few cycles, so it may come less often, too."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            # A database that is away for a moment must not end the loop.
            log.exception("background work failed; it is tried again")
