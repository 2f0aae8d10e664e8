"""Answers that keys have kept: sealed, found by their owner only, and forgotten in time.

Runs on a reader's thread, never on the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from keys.models import ApiKey, StoredAnswer
from keys.stored import reading

MOST = 1_000
"""Answers of one key; older ones go first."""
WEIGHT = 64 * 2**20
"""Bytes of one key's answers, as they are sealed."""
_BATCH = 500

Seal = Callable[[str], bytes]
Unseal = Callable[[bytes], str | None]
"""None for what no present key opens."""


class Shelf:
    """The stored answers of one database. `life` is how long one is kept."""

    def __init__(
        self,
        seal: Seal,
        unseal: Unseal,
        *,
        life: timedelta,
        using: str = "default",
        most: int = MOST,
        weight: int = WEIGHT,
    ) -> None:
        self._seal = seal
        self._unseal = unseal
        self._life = life
        self._using = using
        self._most = most
        self._weight = weight

    def read(self, key_id: int, id: str, now: datetime) -> bytes | None:
        """The record as it was written; None if this key has none of this id."""
        return reading(self._using, self._read, key_id, id, now)

    def _read(self, key_id: int, id: str, now: datetime) -> bytes | None:
        found = self._of(key_id, id, now).values_list("sealed", flat=True).first()
        text = self._unseal(bytes(found)) if found is not None else None
        mark = _mark(key_id, id)
        # A row that was moved to another owner opens, but does not belong there.
        if text is None or not text.startswith(mark):
            return None
        return text.removeprefix(mark).encode()

    def write(self, key_id: int, id: str, record: bytes, now: datetime) -> None:
        sealed = self._seal(_mark(key_id, id) + record.decode())
        reading(self._using, self._write, key_id, id, sealed, now)

    def _write(self, key_id: int, id: str, sealed: bytes, now: datetime) -> None:
        values = {
            "created_at": now,
            "expires_at": now + self._life,
            "size": len(sealed),
            "sealed": sealed,
        }
        with transaction.atomic(using=self._using):
            rows = StoredAnswer.objects.using(self._using)
            rows.update_or_create(key_id=key_id, name=id, defaults=values)
            self._trim(key_id)

    def _trim(self, key_id: int) -> None:
        """The newest answers that fit are kept."""
        rows = StoredAnswer.objects.using(self._using).filter(key_id=key_id)
        left, gone = self._weight, []
        newest = rows.order_by("-created_at", "-id").values_list("id", "size")
        for number, (row, size) in enumerate(newest.iterator()):
            left -= size
            if left < 0 or number >= self._most:
                gone.append(row)
        if gone:
            rows.filter(pk__in=gone).delete()

    def delete(self, key_id: int, id: str, now: datetime) -> bool:
        """Whether there was one."""
        return reading(self._using, self._delete, key_id, id, now)

    def _delete(self, key_id: int, id: str, now: datetime) -> bool:
        return bool(self._of(key_id, id, now).delete()[0])

    def prune(self, now: datetime) -> int:
        """Deletes what has expired, or whose key is deleted; returns how many."""
        rows = StoredAnswer.objects.using(self._using)
        lost = ApiKey.objects.using(self._using).filter(pk=OuterRef("key_id"), deleted=False)
        return self._forget(rows.filter(expires_at__lte=now)) + self._forget(
            rows.filter(~Exists(lost))
        )

    def _forget(self, rows: QuerySet[StoredAnswer]) -> int:
        """A few at a time, so that nobody waits for a long transaction."""
        gone = 0
        while ids := list(rows.values_list("pk", flat=True)[:_BATCH]):
            found = StoredAnswer.objects.using(self._using).filter(pk__in=ids)
            gone += found.delete()[0]
        return gone

    def _of(self, key_id: int, id: str, now: datetime) -> QuerySet[StoredAnswer]:
        rows = StoredAnswer.objects.using(self._using)
        return rows.filter(key_id=key_id, name=id, expires_at__gt=now)


def _mark(key_id: int, id: str) -> str:
    """Stands before what is sealed, so that it is bound to its owner and name."""
    return f"{key_id}:{id}\n"
