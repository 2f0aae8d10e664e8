"""Credentials without a database, for what is measured of the pool alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from cryptography.fernet import Fernet
from msgspec.structs import replace

from benchmarks import alone
from credentials.caps import Caps, Today
from credentials.health import Health
from credentials.history import Mishap
from credentials.store import Change, Count, Loaded, Row, Saved
from credentials.vault import Vault

T = TypeVar("T")

assert alone.READY

VAULT = Vault([Fernet.generate_key()])
_SEALED = VAULT.seal("a key for nothing").decode()


def row(id: int, caps: Caps = Caps(), *, weight: int = 1) -> Row:  # noqa: B008 - it is frozen
    return Row(
        id=id,
        kind="gemini_api",
        provider="gemini",
        label="",
        sealed=_SEALED,
        base_url="",
        extra={},
        weight=weight,
        live=True,
        health=Health(),
        version=0,
        caps=caps,
    )


class Shelf:
    """What a pool needs of a store, in memory."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = {row.id: row for row in rows}
        self.revision = 1

    async def load(self, since: int, build: Callable[[Row], T]) -> Loaded[T] | None:
        if since == self.revision:
            return None
        return Loaded(self.revision, tuple((row, build(row)) for row in self.rows.values()))

    async def save(self, changes: Sequence[Change], now: datetime) -> dict[int, Saved]:
        saved = {}
        for change in changes:
            stored = self.rows[change.id]
            version = stored.version + 1
            self.rows[change.id] = replace(stored, health=change.health, version=version)
            saved[change.id] = Saved(version, change.health)
        return saved

    async def count(self, day: date, counts: Mapping[int, Count]) -> dict[int, Today]:
        found = {}
        for id, count in counts.items():
            stored = self.rows[id]
            old = stored.today
            today = old if old is not None and old.day == day else Today(day)
            today = Today(day, today.calls + count.calls, today.pro + count.pro)
            self.rows[id] = replace(stored, today=today)
            found[id] = today
        return found

    async def note(self, mishaps: Mapping[int, Sequence[Mishap]]) -> None:
        return

    async def find(self, id: int) -> Row | None:
        return self.rows.get(id)

    async def close(self) -> None:
        return
