"""Tells other processes that something changed, so that they need not wait for their next look.

It only saves time: everybody looks at the revisions in the database once a second anyway, so a
message that is lost costs a second, and no failure of Redis is worth one of a caller's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Protocol

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from keys.limits.scripts import Names

log = logging.getLogger("potluck.redis")

EVERYTHING = "*"
"""The topic that a listener hears when it may have missed some."""

Hear = Callable[[str], Awaitable[None]]

_PAUSES = (0.25, 0.5, 1.0, 2.0, 5.0)


class Announcer(Protocol):
    """What changes are told to, and who tells of them."""

    async def publish(self, topic: str) -> None:
        """Tells everybody who listens, in this process too. Never fails."""
        ...

    async def listen(self, hear: Hear) -> None:
        """Calls `hear(topic)` for every message until it is cancelled; its owner runs it as a
        task. What `hear` raises is logged."""
        ...

    async def close(self) -> None: ...


class Silence:
    """Without Redis nobody is told, and everybody finds out by looking."""

    async def publish(self, topic: str) -> None:
        """Nobody listens."""

    async def listen(self, hear: Hear) -> None:
        """Nothing is ever said."""

    async def close(self) -> None:
        """Nothing is open."""


class Loudspeaker:
    """`Announcer` by Redis's publish and subscribe. It has a client of its own (`connect`)."""

    def __init__(
        self,
        client: Redis,
        *,
        names: Names | None = None,
        patience: float = 0.5,
        pauses: Sequence[float] = _PAUSES,
    ) -> None:
        self.listening = False
        self._client = client
        self._channel = (names or Names()).topics
        self._patience = patience
        self._pauses = pauses

    async def publish(self, topic: str) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._client.publish(self._channel, topic)
        except (RedisError, OSError, TimeoutError) as error:
            log.debug("a change was not announced (%s)", type(error).__name__)

    async def listen(self, hear: Hear) -> None:
        misses = 0
        while True:
            try:
                async with aclosing(self._client.pubsub()) as sub:
                    await self._subscribe(sub)
                    misses = 0
                    await self._attend(sub, hear)
            except (RedisError, OSError, TimeoutError) as error:
                if self.listening or not misses:
                    log.warning("changes are not heard of at once (%s)", type(error).__name__)
            finally:
                self.listening = False
            await asyncio.sleep(self._pauses[min(misses, len(self._pauses) - 1)])
            misses += 1

    async def close(self) -> None:
        await self._client.aclose()

    async def _subscribe(self, sub: PubSub) -> None:
        async with asyncio.timeout(self._patience):
            await sub.subscribe(self._channel)
            while await sub.get_message(timeout=self._patience) is None:
                pass
        self.listening = True

    async def _attend(self, sub: PubSub, hear: Hear) -> None:
        await _pass(hear, EVERYTHING)
        while True:
            message = await sub.get_message(ignore_subscribe_messages=True, timeout=None)
            if message is not None:
                await _pass(hear, str(message["data"]))


async def _pass(hear: Hear, topic: str) -> None:
    try:
        await hear(topic)
    except Exception:
        log.exception("what changed could not be taken over")
