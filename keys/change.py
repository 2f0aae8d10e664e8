"""How a change of keys or costs is written: one transaction, its ledger entry, its revision.

The revision is raised first, which is also what locks: writers of keys follow each other, so
revisions become visible in order and a reader that has seen one has seen all before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from keys.attributes import Attributes
from keys.models import ApiKey, EntryKind, KeyModelAllowance, LedgerEntry, Revision
from keys.revisions import KEYS, raised


@contextmanager
def change(name: str, using: str) -> Iterator[int]:
    """A transaction that raises the revision `name`, to the value that it yields."""
    with transaction.atomic(using=using):
        rows = Revision.objects.using(using)
        mine = rows.filter(name=name)
        if not mine.update(value=F("value") + 1):
            rows.bulk_create([Revision(name=name)], ignore_conflicts=True)
            mine.update(value=F("value") + 1)
        transaction.on_commit(partial(raised.send_robust, Revision, topic=name), using=using)
        yield mine.values_list("value", flat=True).get()


@contextmanager
def locked(key_id: int, using: str) -> Iterator[ApiKey]:
    """The key, locked, with its new revision. Raises ApiKey.DoesNotExist."""
    with change(KEYS, using) as revision:
        key = ApiKey.objects.using(using).select_for_update().get(pk=key_id, deleted=False)
        key.revision = revision
        yield key


def write(key: ApiKey, **columns: Any) -> ApiKey:
    """Writes the named columns and the revision, and nothing else."""
    for name, value in columns.items():
        setattr(key, name, value)
    rows = ApiKey.objects.using(key._state.db).filter(pk=key.pk)
    rows.update(revision=key.revision, **columns)
    return key


def enter(
    key: ApiKey,
    kind: EntryKind,
    units: int,
    reason: str = "",
    *,
    day: date | None = None,
    pattern: str = "",
) -> None:
    """The ledger entry of a change that has been written."""
    LedgerEntry.objects.using(key._state.db).create(
        key=key,
        at=timezone.now(),
        kind=kind,
        units=units,
        balance=(key.total_quota or 0) - key.used,
        reason=reason[:200],
        day=day,
        pattern=pattern,
    )


def columns(found: Attributes) -> dict[str, Any]:
    """Attributes as the columns of ApiKey."""
    values: dict[str, Any] = dict(found)
    if "model_daily" in values:
        values["model_daily"] = bool(values["model_daily"])
    for name in ("models", "networks"):
        if name in values:
            values[f"allowed_{name}"] = "\n".join(values.pop(name))
    return values


def allow(key: ApiKey, models: Mapping[str, int]) -> None:
    """Replaces the daily allowances of models. What was used today stays used."""
    rows = KeyModelAllowance.objects.using(key._state.db)
    rows.filter(key=key).delete()
    rows.bulk_create(
        KeyModelAllowance(key=key, pattern=pattern, units=units)
        for pattern, units in models.items()
    )
