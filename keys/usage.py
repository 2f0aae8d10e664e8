"""What keys used, by model, by day, entry by entry. Runs on a reader thread, never on the loop."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import msgspec
from django.db.models import Sum

from keys.models import LedgerEntry, UsageDay
from keys.stored import reading

MOST = 500
"""Entries of a page."""


class Used(NamedTuple):
    """Calls to one model, those of them that failed or broke off, and what they cost."""

    calls: int
    failed: int
    units: int


class Point(NamedTuple):
    """One model on one day, as the request records tell it. `day` is one of the gateway's zone."""

    day: date
    model: str
    calls: int
    failed: int
    units: int
    input_tokens: int
    output_tokens: int


class Entries(msgspec.Struct, frozen=True):
    """Some ledger entries, newest first; `next` is the id to go on before, None at the end."""

    entries: Sequence[LedgerEntry]
    next: int | None


def by_model(key_ids: Collection[int], *, using: str = "default") -> dict[int, dict[str, Used]]:
    """Key id → model → what was used of it as far back as days are kept, dearest first."""
    rows = UsageDay.objects.using(using).filter(key_id__in=key_ids, model__gt="")
    sums = rows.values("key_id", "model").annotate(
        all_calls=Sum("calls"), all_failed=Sum("failed"), all_units=Sum("units")
    )
    found: dict[int, dict[str, Used]] = {key_id: {} for key_id in key_ids}
    for row in reading(using, list, sums.order_by("key_id", "-all_units", "model")):
        sums_of = (int(row[name]) for name in ("all_calls", "all_failed", "all_units"))
        found[row["key_id"]][row["model"]] = Used(*sums_of)
    return found


def series(key_id: int, since: date, until: date, *, using: str = "default") -> list[Point]:
    """What a key used from one day to another, both included."""
    rows = UsageDay.objects.using(using).filter(key_id=key_id, day__gte=since, day__lte=until)
    found = rows.order_by("day", "model").values_list(*Point._fields)
    return [Point(*row) for row in reading(using, list, found)]


def entries(
    key_id: int, *, before: int | None = None, size: int = 50, using: str = "default"
) -> Entries:
    """The changes of a key's balance, older than the entry `before` where that is given."""
    rows = LedgerEntry.objects.using(using).filter(key_id=key_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    size = max(1, min(size, MOST))
    found = reading(using, list, rows.order_by("-id")[: size + 1])
    return Entries(found[:size], found[size - 1].pk if len(found) > size else None)
