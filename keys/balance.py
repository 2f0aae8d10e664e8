"""What a key has left, for its owner to see."""

from __future__ import annotations

from typing import NamedTuple

from keys.models import ApiKey
from keys.stored import reading


class Balance(NamedTuple):
    """Units; `total` and `remaining` are None for a key without a limit."""

    total: int | None
    used: int
    reserved: int

    @property
    def remaining(self) -> int | None:
        return None if self.total is None else max(self.total - self.used - self.reserved, 0)


def read(key_id: int, *, using: str = "default") -> Balance:
    """As committed now. Runs on a reader thread; a key that is gone has nothing."""
    return reading(using, _read, key_id, using)


def _read(key_id: int, using: str) -> Balance:
    rows = ApiKey.objects.using(using).filter(pk=key_id, deleted=False)
    found = rows.values_list("total_quota", "used", "reserved").first()
    return Balance(*found) if found else Balance(0, 0, 0)
