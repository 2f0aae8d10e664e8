"""A clock that is turned by hand, and a store without a database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from msgspec.structs import replace

from credentials.health import Health
from credentials.store import Change, Count, Loaded, Row, Saved
from credentials.vault import Vault

T = TypeVar("T")

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
VAULT = Vault([b"b25seSBmb3IgdGVzdHMsIG5vdCBmb3Igc2VjcmV0cyE="])


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def row(id: int, provider: str = "gemini", *, secret: str = "", weight: int = 1) -> Row:
    return Row(
        id=id,
        kind="gemini_api",
        provider=provider,
        label=f"no {id}",
        sealed=VAULT.seal(secret or f"secret-{id}").decode(),
        base_url="",
        extra={},
        weight=weight,
        live=True,
        health=Health(),
        version=0,
    )


class FakeStore:
    """Rows by id. `broken` makes saving fail; `calls` are the counted calls by id."""

    def __init__(self, *rows: Row) -> None:
        self.rows = {row.id: row for row in rows}
        self.revision = 1
        self.broken = False
        self.saves = 0
        self.calls: dict[int, int] = {}
        self.served: dict[int, int] = {}
        self.closed = False

    def put(self, row: Row) -> None:
        self.rows[row.id] = row
        self.revision += 1

    async def load(self, since: int, build: Callable[[Row], T]) -> Loaded[T] | None:
        if since == self.revision:
            return None
        return Loaded(self.revision, tuple((row, build(row)) for row in self.rows.values()))

    async def save(self, changes: Sequence[Change], now: datetime) -> dict[int, Saved]:
        if self.broken:
            raise OSError("the database is away")
        self.saves += 1
        await asyncio.sleep(0)  # as a real one, it lets others speak
        return {change.id: self._save(change) for change in changes if change.id in self.rows}

    async def count(self, day: date, counts: Mapping[int, Count]) -> None:
        for id, count in counts.items():
            self.calls[id] = self.calls.get(id, 0) + count.calls
            self.served[id] = self.served.get(id, 0) + count.served

    async def close(self) -> None:
        self.closed = True

    def _save(self, change: Change) -> Saved:
        stored = self.rows[change.id]
        same = stored.version == change.version
        health = change.health if same else change.again(stored.health)
        self.put(replace(stored, health=health, version=stored.version + 1))
        return Saved(stored.version + 1, health)
