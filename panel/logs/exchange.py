"""What other processes log, for those who watch here, and the other way round: through Redis.

A process listens to the channel while it has viewers, and that is how the others know: each asks
once a second how many listen, and publishes only while somebody else does. Nothing waits in line:
what Redis does not take stays in the ring, and what leaves the ring meanwhile was skipped, which
whoever watches is told.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from keys.ending import end
from panel.logs.hub import Hub
from panel.logs.parcel import Inbox, pack

log = logging.getLogger("potluck.livelog")

PACE = 0.5
"""Seconds between two parcels."""
LOOK = 1.0
"""Seconds between two looks whether somebody listens; of what was said since the last one nothing
is missed."""

_HASTE = 0.05
_PATIENCE = 1.0
_PAUSES = (0.25, 0.5, 1.0, 2.0, 5.0)
# ValueError: what stands between answers in a way of its own. Nothing of it may end a task.
_AWAY = (RedisError, OSError, TimeoutError, ValueError)
_MUTE = "other processes do not hear what this one logs"
_DEAF = "what other processes log is not heard"
_STRANGE = "what another process logs cannot be read"


class Exchange:
    """One per process, on the event loop of its hub. It owns `client`. `process` names this one to
    people."""

    def __init__(
        self,
        hub: Hub,
        client: Redis,
        channel: str,
        process: str,
        *,
        pace: float = PACE,
        look: float = LOOK,
        patience: float = _PATIENCE,
        pauses: Sequence[float] = _PAUSES,
    ) -> None:
        self.wanted = False
        """Whether somebody watches elsewhere."""
        self.hearing = False
        self._hub = hub
        self._ring = hub.ring
        self._inbox = Inbox(hub.ring)
        self._client = client
        self._channel = channel
        self._process = process
        self._pace = pace
        self._look = look
        self._patience = patience
        self._pauses = pauses
        self._watched = asyncio.Event()
        self._more = False
        self._complained: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._ring.process = self._process
        self._hub.watched = self._watch
        self._watch(len(self._hub) > 0)
        self._tasks = [loop.create_task(self._tell()), loop.create_task(self._listen())]

    async def close(self) -> None:
        self._hub.watched = lambda yes: None
        self._ring.process = ""
        await end(self._tasks)
        await self._client.aclose()

    def _watch(self, yes: bool) -> None:
        if yes:
            self._watched.set()
        else:
            self._watched.clear()

    async def _tell(self) -> None:
        seq, misses = self._ring.last, 0
        while True:
            await asyncio.sleep(self._pause(misses))
            try:
                async with asyncio.timeout(self._patience):
                    seq = await self._send(seq) if self.wanted else await self._asked(seq)
                misses = 0
                self._complained.discard(_MUTE)
            except _AWAY as error:
                # Perhaps it was taken all the same: it is sent again, and shown once.
                misses += 1
                if self.wanted:
                    self._complain(_MUTE, error)
                await self._client.connection_pool.disconnect(inuse_connections=False)

    def _pause(self, misses: int) -> float:
        if misses:
            return self._pauses[min(misses, len(self._pauses)) - 1]
        if not self.wanted:
            return self._look
        return _HASTE if self._more else self._pace

    async def _send(self, seq: int) -> int:
        """Returns the number of the last line that was sent."""
        packed = pack(self._ring, seq)
        self._more = packed.more
        if packed.data is None:
            await self._asked(seq)
        else:
            heard = await self._client.publish(self._channel, packed.data)
            self.wanted = heard > self.hearing
        return packed.last

    async def _asked(self, seq: int) -> int:
        """Finds out whether somebody listens elsewhere. If so, lines after `seq` are theirs."""
        last = self._ring.last
        ((_, listeners),) = await self._client.pubsub_numsub(self._channel)
        self.wanted = int(listeners) > self.hearing
        return seq if self.wanted else last

    async def _listen(self) -> None:
        misses = 0
        while True:
            if not self._watched.is_set():
                # What comes until somebody watches again is not missed.
                self._inbox.forget()
                await self._watched.wait()
            try:
                async with aclosing(self._client.pubsub()) as sub:
                    await self._subscribe(sub)
                    misses = 0
                    self._complained.discard(_DEAF)
                    await self._attend(sub)
            except _AWAY as error:
                self._complain(_DEAF, error)
                await asyncio.sleep(self._pauses[min(misses, len(self._pauses) - 1)])
                misses += 1
            finally:
                self.hearing = False

    async def _subscribe(self, sub: PubSub) -> None:
        async with asyncio.timeout(self._patience):
            await sub.subscribe(self._channel)
            while await sub.get_message(timeout=self._patience) is None:
                pass
        self.hearing = True

    async def _attend(self, sub: PubSub) -> None:
        while self._watched.is_set():
            message = await sub.get_message(ignore_subscribe_messages=True, timeout=self._look)
            if message is not None:
                self._take(message["data"])

    def _take(self, data: str) -> None:
        try:
            self._inbox.take(data)
        except msgspec.DecodeError as error:
            self._complain(_STRANGE, error)

    def _complain(self, what: str, error: Exception) -> None:
        """Once, until it is well again. Only the kind: the text may name host and user."""
        if what not in self._complained:
            log.warning("%s (%s)", what, type(error).__name__)
        self._complained.add(what)
