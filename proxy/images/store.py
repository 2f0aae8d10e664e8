"""Where pictures wait for the clients that were given a link to them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol


class Stored(NamedTuple):
    mime: str
    data: bytes


class StoreDown(Exception):
    """The store cannot do it now. The text says what failed, and holds no secret."""


class Store(Protocol):
    """Every method raises StoreDown. An entry lives for the time that the store was made with."""

    async def put(self, data: bytes, mime: str) -> str:
        """A name that nobody can guess; see `names`."""
        ...

    async def get(self, name: str) -> Stored | None:
        """None for a name that is unknown, malformed or too old."""
        ...

    async def link(self, name: str) -> str | None:
        """An address where the store itself hands the entry out, if it does that."""
        ...

    async def prune(self, now: datetime) -> int:
        """Deletes what is too old; returns how many."""
        ...

    async def close(self) -> None: ...
