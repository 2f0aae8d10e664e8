"""Reads of the database for snapshots and checks. Runs on a reader thread, never on the loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import ParamSpec, TypeVar

from django.db import connections
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.db.utils import InterfaceError, OperationalError

from keys.audit import Figures
from keys.cost import CostRows
from keys.directory import Change, Changes, Grant
from keys.models import ApiKey, EntryKind, LedgerEntry, ModelCost, Reservation, Revision

KEYS = "keys"
COSTS = "costs"

P = ParamSpec("P")
T = TypeVar("T")


def grants(since: int, *, using: str = "default") -> Changes | None:
    """Keys that changed after revision `since` (-1: all of them); None if none did."""
    return reading(using, _grants, since, using)


def costs(since: int, *, using: str = "default") -> CostRows | None:
    """The cost table, if it changed after revision `since`."""
    return reading(using, _costs, since, using)


def reading(using: str, query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A connection that died since the last time is replaced."""
    try:
        return query(*args, **kwargs)
    except (OperationalError, InterfaceError):
        connections[using].close()
        return query(*args, **kwargs)


def _grants(since: int, using: str) -> Changes | None:
    revision = _revision(KEYS, using)
    if revision == since:
        return None
    # A restored backup may be older than what is in memory: then everything is read again.
    whole = not 0 <= since < revision
    rows = ApiKey.objects.using(using)
    rows = rows.filter(deleted=False) if whole else rows.filter(revision__gt=since)
    found = rows.values_list(
        "id", "digest", "description", "masked", "enabled", "expires_at", "deleted"
    )
    return Changes(revision, [_change(*row) for row in found.iterator()], whole)


def _change(
    key_id: int,
    digest: bytes | memoryview,
    description: str,
    masked: str,
    enabled: bool,
    expires_at: datetime | None,
    deleted: bool,
) -> Change:
    label = description or masked
    grant = None if deleted else Grant(key_id, label, enabled, expires_at)
    return Change(key_id, bytes(digest), grant)


def _costs(since: int, using: str) -> CostRows | None:
    revision = _revision(COSTS, using)
    if revision == since:
        return None
    rows = ModelCost.objects.using(using).values_list("pattern", "units")
    return CostRows(revision, list(rows))


def _revision(name: str, using: str) -> int:
    # Read before the rows: a change in between is then read twice rather than never.
    found = Revision.objects.using(using).filter(name=name).values_list("value", flat=True)
    return found.first() or 0


def figures(using: str = "default") -> Iterator[Figures]:
    """What the audit compares, of every key: one statement, so one moment, also under load."""
    totals = Q(kind__in=(EntryKind.GRANT, EntryKind.WITHDRAWAL))
    entries = LedgerEntry.objects.using(using)
    rows = (
        ApiKey.objects.using(using)
        .annotate(
            granted=_sum(entries.filter(totals)),
            moved=_sum(entries.exclude(totals)),
            held=_sum(Reservation.objects.using(using)),
        )
        .order_by("id")
        .values_list("id", "total_quota", "used", "reserved", "granted", "moved", "held")
    )
    for row in rows.iterator():
        yield Figures(*row)


def strays(using: str = "default") -> list[int]:
    """Ids of keys that entries or reservations name and that do not exist."""
    missing = ~Exists(ApiKey.objects.using(using).filter(pk=OuterRef("key_id")))
    found: set[int] = set()
    for table in (LedgerEntry, Reservation):
        rows = table._default_manager.using(using).filter(missing)
        found.update(rows.values_list("key_id", flat=True).distinct())
    return sorted(found)


def _sum(rows: QuerySet[LedgerEntry] | QuerySet[Reservation]) -> Coalesce:
    of_key = rows.filter(key_id=OuterRef("pk")).order_by().values("key_id")
    total = Subquery(of_key.annotate(sum=Sum("units")).values("sum"))
    return Coalesce(total, Value(0), output_field=BigIntegerField())
