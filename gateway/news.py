"""What has changed, and who is told of it: this process at once, others through Redis.

It only saves time: everybody looks once a second anyway. Without Redis others find out by looking;
so do all of what a command has changed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from credentials.revisions import raised as credentials_raised
from gateway import stored
from gateway.config import Config
from keys.ending import end
from keys.revisions import raised as keys_raised

if TYPE_CHECKING:
    from keys.limits.announcer import Announcer

_SIGNALS = (keys_raised, credentials_raised, stored.changed)


class News:
    """Of one process, on its event loop. `announcer` None: there is no Redis."""

    def __init__(self, announcer: Announcer | None) -> None:
        self._announcer = announcer
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._waiting: set[str] = set()
        self._told = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        for signal in _SIGNALS:
            signal.connect(self._changed)
        if self._announcer is not None:
            listening = self._announcer.listen(self._heard)
            self._tasks = [self._loop.create_task(listening), self._loop.create_task(self._tell())]

    async def wait(self, seconds: float) -> bool:
        """Returns with the next news, or after so long without any; True if there are some."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        rung = self._arrived.is_set()
        self._arrived.clear()
        return rung

    async def close(self) -> None:
        for signal in _SIGNALS:
            signal.disconnect(self._changed)
        await end(self._tasks)
        if self._announcer is not None:
            await self._announcer.close()

    def _changed(self, topic: str, **_: Any) -> None:
        """On whatever thread has committed it."""
        # The loop may have ended: then there is nobody to tell.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._take, topic)

    def _take(self, topic: str) -> None:
        self._arrived.set()
        self._waiting.add(topic)
        self._told.set()

    async def _tell(self) -> None:
        while self._announcer is not None:
            await self._told.wait()
            self._told.clear()
            topics, self._waiting = self._waiting, set()
            for topic in sorted(topics):
                await self._announcer.publish(topic)

    async def _heard(self, topic: str) -> None:
        self._arrived.set()


def announcer(config: Config) -> Announcer | None:
    """None without Redis. Its library is there: the limits have asked for it before."""
    if not config.redis_url:
        return None
    from keys.limits.announcer import Loudspeaker
    from keys.limits.wire import connect

    return Loudspeaker(connect(config.redis_url, config.redis_database))
