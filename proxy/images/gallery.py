"""A store and the links to it: what the rest of the gateway needs of both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from proxy.images import serve
from proxy.images.links import Links
from proxy.images.store import Store


class Gallery:
    def __init__(self, store: Store, links: Links, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._links = links
        self._clock = clock

    async def publish(self, data: bytes, mime: str, base: str) -> str:
        """Stores a picture; returns the address to give to the client. `base` is where clients
        reach this gateway (`https://host`). Raises StoreDown."""
        name = await self._store.put(data, mime)
        direct = await self._store.link(name)
        return direct or base.rstrip("/") + self._links.path(name, self._clock())

    async def answer(self, path: str) -> serve.Answer:
        return await serve.answer(self._store, self._links, path, self._clock())

    async def prune(self) -> int:
        """Raises StoreDown."""
        return await self._store.prune(self._clock())

    async def close(self) -> None:
        await self._store.close()
