"""The verbs that change keys and costs, for commands, the panel and the API.

Each is one transaction: the change, its ledger entry, and the revision that tells every process
to look. The revision is raised first, which is also what locks: writers of keys follow each other,
so revisions become visible in order and a reader that has seen one has seen all before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from keys import secret as secrets
from keys.models import ApiKey, EntryKind, LedgerEntry, ModelCost, Revision
from keys.stored import COSTS, KEYS


class Details(TypedDict, total=False):
    """What a person may edit of a key: everything but its secret and its units."""

    description: str
    owner: str
    enabled: bool
    expires_at: datetime | None


class BelowUse(ValueError):
    """A total quota under what is used and reserved; `least` is the lowest that is possible."""

    def __init__(self, least: int) -> None:
        super().__init__(f"{least} units are used or reserved already")
        self.least = least


def create(
    pepper: bytes, *, total: int | None = None, using: str = "default", **details: Unpack[Details]
) -> tuple[ApiKey, str]:
    """A new key and its secret, which nothing can show again. `total` None is unlimited."""
    if total is not None and total < 0:
        raise ValueError("a quota is never negative")
    secret = secrets.mint()
    with _change(KEYS, using) as revision:
        key = ApiKey.objects.using(using).create(
            digest=secrets.digest(secret, pepper),
            masked=secrets.mask(secret),
            total_quota=total,
            revision=revision,
            **details,
        )
        if total:
            _enter(key, EntryKind.GRANT, total, reason="created")
    return key, secret


def edit(key_id: int, *, using: str = "default", **details: Unpack[Details]) -> ApiKey:
    """Changes the given details. Raises ApiKey.DoesNotExist, as everything here does."""
    unknown = details.keys() - Details.__annotations__
    if unknown:
        raise TypeError(f"not to be edited: {', '.join(sorted(unknown))}")
    with _key(key_id, using) as key:
        return _write(key, **details)


def revoke(key_id: int, *, using: str = "default") -> None:
    """Ends a key for ever. Its history stays; requests that run are still settled."""
    with _key(key_id, using) as key:
        _write(key, deleted=True, enabled=False)


def resize(key_id: int, total: int | None, *, reason: str = "", using: str = "default") -> ApiKey:
    """Sets the total quota; None is unlimited. Raises BelowUse."""
    with _key(key_id, using) as key:
        return _resize(key, total, reason)


def grant(key_id: int, units: int, *, reason: str = "", using: str = "default") -> ApiKey:
    """Adds units to the total quota. Raises ValueError when the key is unlimited."""
    with _key(key_id, using) as key:
        if units <= 0 or key.total_quota is None:
            raise ValueError("only a limited key can be granted units, and at least one")
        return _resize(key, key.total_quota + units, reason)


def refund(key_id: int, units: int, *, reason: str = "", using: str = "default") -> ApiKey:
    """Gives back units that were charged."""
    with _key(key_id, using) as key:
        if not 0 < units <= key.used:
            raise ValueError(f"between 1 and {key.used} units can be refunded")
        return _give_back(key, EntryKind.REFUND, units, reason)


def reset(key_id: int, *, reason: str = "", using: str = "default") -> ApiKey:
    """Starts counting from zero again."""
    with _key(key_id, using) as key:
        return _give_back(key, EntryKind.RESET, key.used, reason) if key.used else key


def set_cost(pattern: str, units: int, *, using: str = "default") -> ModelCost:
    """Sets what a model name or glob costs. Raises ValueError."""
    pattern = pattern.strip().lower()
    if not 0 < len(pattern) <= 255:
        raise ValueError("a model name has 1 to 255 characters")
    if units < 0:
        raise ValueError("a cost is never negative")
    with _change(COSTS, using):
        rows = ModelCost.objects.using(using)
        return rows.update_or_create(pattern=pattern, defaults={"units": units})[0]


def drop_cost(pattern: str, *, using: str = "default") -> bool:
    """Forgets what a name or glob costs; False if nothing was known."""
    with _change(COSTS, using):
        rows = ModelCost.objects.using(using).filter(pattern=pattern.strip().lower())
        return rows.delete()[0] > 0


@contextmanager
def _change(name: str, using: str) -> Iterator[int]:
    """A transaction that raises the revision `name`, to the value that it yields."""
    with transaction.atomic(using=using):
        rows = Revision.objects.using(using)
        mine = rows.filter(name=name)
        if not mine.update(value=F("value") + 1):
            rows.bulk_create([Revision(name=name)], ignore_conflicts=True)
            mine.update(value=F("value") + 1)
        yield mine.values_list("value", flat=True).get()


@contextmanager
def _key(key_id: int, using: str) -> Iterator[ApiKey]:
    """The key, locked, with its new revision."""
    with _change(KEYS, using) as revision:
        key = ApiKey.objects.using(using).select_for_update().get(pk=key_id, deleted=False)
        key.revision = revision
        yield key


def _resize(key: ApiKey, total: int | None, reason: str) -> ApiKey:
    if total is not None and total < key.used + key.reserved:
        raise BelowUse(key.used + key.reserved)
    units = (total or 0) - (key.total_quota or 0)
    key = _write(key, total_quota=total)
    if units:
        _enter(key, EntryKind.GRANT if units > 0 else EntryKind.WITHDRAWAL, units, reason)
    return key


def _give_back(key: ApiKey, kind: EntryKind, units: int, reason: str) -> ApiKey:
    key = _write(key, used=key.used - units)
    _enter(key, kind, units, reason)
    return key


def _write(key: ApiKey, **columns: Any) -> ApiKey:
    """Writes the named columns and the revision, and nothing else."""
    for name, value in columns.items():
        setattr(key, name, value)
    rows = ApiKey.objects.using(key._state.db).filter(pk=key.pk)
    rows.update(revision=key.revision, **columns)
    return key


def _enter(key: ApiKey, kind: EntryKind, units: int, reason: str) -> None:
    LedgerEntry.objects.using(key._state.db).create(
        key=key,
        at=timezone.now(),
        kind=kind,
        units=units,
        balance=(key.total_quota or 0) - key.used,
        reason=reason[:200],
    )
