"""A shelf of stored answers in memory, for tests of what stands before it."""

from __future__ import annotations

from datetime import datetime


class FakeShelf:
    """`rows` is (key id, id) → record. `broken` makes every write fail."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, str], bytes] = {}
        self.broken = False
        self.pruned: list[datetime] = []

    def read(self, key_id: int, id: str, now: datetime) -> bytes | None:
        return self.rows.get((key_id, id))

    def write(self, key_id: int, id: str, record: bytes, now: datetime) -> None:
        if self.broken:
            raise OSError("the disk is full")
        self.rows[key_id, id] = record

    def delete(self, key_id: int, id: str, now: datetime) -> bool:
        return self.rows.pop((key_id, id), None) is not None

    def prune(self, now: datetime) -> int:
        self.pruned.append(now)
        return 0
