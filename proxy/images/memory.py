"""Pictures in the memory of this process: gone with it, and unknown to its neighbours."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from proxy.images import names
from proxy.images.store import Stored, StoreDown


class MemoryStore:
    """At most `number` entries and `size` bytes: the one that was longest not asked for goes."""

    def __init__(
        self, *, number: int, size: int, lifetime: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._number = number
        self._size = size
        self._lifetime = lifetime
        self._clock = clock
        self._held = 0
        self._entries: OrderedDict[str, tuple[bytes, datetime]] = OrderedDict()

    async def put(self, data: bytes, mime: str) -> str:
        if len(data) > self._size:
            raise StoreDown(f"A picture of {len(data)} bytes is too large to be kept in memory.")
        name = names.mint(mime)
        self._entries[name] = data, self._clock() + self._lifetime
        self._held += len(data)
        while len(self._entries) > self._number or self._held > self._size:
            self._drop(next(iter(self._entries)))
        return name

    async def get(self, name: str) -> Stored | None:
        data, until = self._entries.get(name, (b"", self._clock()))
        if until <= self._clock():
            return None
        self._entries.move_to_end(name)
        return Stored(names.mime_of(name), data)

    async def link(self, name: str) -> str | None:
        return None

    async def prune(self, now: datetime) -> int:
        old = [name for name, (_, until) in self._entries.items() if until <= now]
        for name in old:
            self._drop(name)
        return len(old)

    async def close(self) -> None:
        self._entries.clear()
        self._held = 0

    def _drop(self, name: str) -> None:
        data, _ = self._entries.pop(name)
        self._held -= len(data)
