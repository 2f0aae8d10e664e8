"""Builds the rooms of the gateway for one process, keeps their snapshots fresh, and closes them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from gateway import live, livelog, news, stored, warm
from gateway.bridge import Bridge, Parts
from gateway.complaints import Complaints
from gateway.live import Live
from gateway.news import News
from gateway.rooms import Rooms, build
from keys.ending import end
from panel import bridge
from proxy.app import Door

if TYPE_CHECKING:
    from panel.logs.exchange import Exchange


_REFRESH = 1.0
_SWEEP = 30.0
_PROBE = 60.0
_COUNT = 1.0
_SOON = 5.0
_PRUNE = 3_600.0
_BREATH = 0.05
"""Between two looks, however much happens."""


_complaints = Complaints()

utcnow: Callable[[], datetime] = partial(datetime.now, UTC)


class Runtime:
    """One per process. `door` is None until it has started. `config` None: the process's own."""

    def __init__(self, config: Live | None = None) -> None:
        self._live = config
        self._lock = asyncio.Lock()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="potluck-reader")
        self._rooms: Rooms | None = None
        self._news: News | None = None
        self._bridge: Bridge | None = None
        self._exchange: Exchange | None = None
        self._loops: list[asyncio.Task[None]] = []
        self.door: Door | None = None

    async def start(self) -> Door:
        """Loads what the request path reads from memory. Called again, it does nothing."""
        async with self._lock:
            if self.door is None:
                loop = asyncio.get_running_loop()
                now = self._live or live.here()
                await loop.run_in_executor(self._reader, lambda: now.load(stored.rows()))
                rooms = build(now, self._reader, utcnow)
                try:
                    await rooms.start()
                except BaseException:
                    rooms.made.close()
                    raise
                self._rooms = rooms
                self._news = News(news.announcer(now.config))
                self._news.start()
                self._exchange = livelog.exchange(now.config)
                if self._exchange is not None:
                    self._exchange.start()
                self._loops = [
                    loop.create_task(_follow(self._news, rooms)),
                    loop.create_task(_every(_SWEEP, rooms.sweep)),
                    loop.create_task(_every(_PROBE, rooms.probe)),
                    loop.create_task(_every(_COUNT, rooms.chores.count, first=_SOON)),
                    loop.create_task(_every(_PRUNE, rooms.prune)),
                    loop.create_task(_every(_PRUNE, rooms.chores.unname, first=_SOON)),
                    loop.create_task(_warmed()),
                ]
                self.door = Door(rooms.services)
                self._connect(rooms, self.door)
                _settle_memory()
            return self.door

    async def stop(self) -> None:
        """Everything queued is committed before this returns."""
        self._disconnect()
        await end(self._loops)
        if self._exchange is not None:
            await self._exchange.close()
        if self._news is not None:
            await self._news.close()
        if self._rooms is not None:
            await self._rooms.close()
        await asyncio.to_thread(partial(self._reader.shutdown, cancel_futures=True))
        self.door = None

    def _connect(self, rooms: Rooms, door: Door) -> None:
        """From now on the console's pages reach it."""
        parts = Parts(
            services=rooms.services,
            probes=rooms.probes,
            upkeep=rooms.upkeep,
            web=rooms.lending.web,
            calendar=rooms.lending.calendar,
            calls=door.calls,
            processes=rooms.config.workers,
        )
        self._bridge = Bridge(parts, utcnow())
        bridge.install(self._bridge)

    def _disconnect(self) -> None:
        if self._bridge is not None:
            bridge.install(None)
            self._bridge.close()
            self._bridge = None


def _settle_memory() -> None:
    """What is loaded by now stays for good: the collector need not walk through it for every few
    hundred requests. Requests themselves make few cycles, so it may come less often, too."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _follow(news: News, rooms: Rooms) -> None:
    """Looks once a second, and at once when there is news."""
    while True:
        rung = await news.wait(_REFRESH)
        await _tried(rooms.refresh)
        if rung:
            await asyncio.sleep(_BREATH)


async def _every(
    seconds: float, work: Callable[[], Awaitable[object]], *, first: float | None = None
) -> None:
    """`first`: so long until it is done for the first time."""
    await asyncio.sleep(seconds if first is None else first)
    while True:
        await _tried(work)
        await asyncio.sleep(seconds)


async def _warmed() -> None:
    """Not at once: the first calls are not to share the processor with pages."""
    await asyncio.sleep(_SOON)
    await _tried(lambda: asyncio.to_thread(warm.pages))


async def _tried(work: Callable[[], Awaitable[object]]) -> None:
    try:
        await work()
    except Exception as error:
        # A database that is away for a moment must not end the loop.
        _complaints.hear(error)
