"""Reads what `keys.audit` compares, each in one statement: of one moment, also under load."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import (
    BigIntegerField,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from keys.audit import DayFigures, Figures
from keys.models import ApiKey, EntryKind, KeyDay, LedgerEntry, Progress, Reservation
from keys.prune import KEY_DAYS

_TOTALS = Q(kind__in=(EntryKind.GRANT, EntryKind.WITHDRAWAL))
_RENEWALS = Q(kind=EntryKind.RENEWAL)
_ZERO = Value(0, output_field=BigIntegerField())

_WHOLE = Value("")
_FIGURES = ("used", "reserved", "moved", "held")


def keys(using: str = "default") -> Iterator[Figures]:
    """Of every key."""
    entries = LedgerEntry.objects.using(using)
    rows = (
        ApiKey.objects.using(using)
        .annotate(
            granted=_sum(entries.filter(_TOTALS)),
            moved=_sum(entries.exclude(_TOTALS | _RENEWALS)),
            held=_sum(Reservation.objects.using(using)),
        )
        .order_by("id")
        .values_list("id", "total_quota", "used", "reserved", "granted", "moved", "held")
    )
    for row in rows.iterator():
        yield Figures(*row)


def days(using: str = "default") -> Iterator[DayFigures]:
    """Of every day of every key, also of those that only an entry or a reservation names, from the
    first day on that is kept.

    A charge with a pattern counts on two rows: that of the day and that of the pattern. A renewal
    names the one row that it is for.
    """
    kept = Q(day__gte=_dawn(using))
    entries = LedgerEntry.objects.using(using).filter(kept, day__isnull=False)
    held = Reservation.objects.using(using).filter(kept, day__isnull=False)
    rows = KeyDay.objects.using(using).filter(kept)
    units = Sum("units")
    found = _column(rows, F("pattern"), used="used", reserved="reserved")
    found = found.union(
        _column(entries.filter(~_RENEWALS | Q(pattern="")), _WHOLE, moved=units),
        _column(entries.exclude(pattern=""), F("pattern"), moved=units),
        _column(held, _WHOLE, held=units),
        _column(held.exclude(pattern=""), F("pattern"), held=units),
        all=True,
    )
    figures = found.order_by("key_id", "day", "name").iterator()
    for slot, some in groupby(figures, lambda row: row[:3]):
        columns = list(zip(*some, strict=True))[3:]
        yield DayFigures(*slot, *(int(sum(column)) for column in columns))


def _dawn(using: str) -> Coalesce:
    """Read in the same statement: rows may be forgotten while it runs."""
    mark = Progress.objects.using(using).filter(pk=KEY_DAYS).values("day")
    return Coalesce(Subquery(mark), Value(date(2000, 1, 1)), output_field=DateField())


def _column(rows: Any, name: Any, **figures: Any) -> Any:
    """Key, day and pattern with the four figures, of which those that are not given are 0."""
    summed = [figure for figure in figures.values() if isinstance(figure, Sum)]
    grouped = rows.order_by().annotate(name=name)
    grouped = grouped.values("key_id", "day", "name") if summed else grouped
    values = {
        f"of_{figure}": F(given) if isinstance(given := figures.get(figure, _ZERO), str) else given
        for figure in _FIGURES
    }
    return grouped.annotate(**values).values_list("key_id", "day", "name", *values)


def strays(using: str = "default") -> list[int]:
    """Ids of keys that rows name and that do not exist."""
    missing = ~Exists(ApiKey.objects.using(using).filter(pk=OuterRef("key_id")))
    found: set[int] = set()
    for table in (LedgerEntry, Reservation, KeyDay):
        rows = table._default_manager.using(using).filter(missing)
        found.update(rows.values_list("key_id", flat=True).distinct())
    return sorted(found)


def _sum(rows: QuerySet[LedgerEntry] | QuerySet[Reservation]) -> Coalesce:
    of_key = rows.filter(key_id=OuterRef("pk")).order_by().values("key_id")
    total = Subquery(of_key.annotate(sum=Sum("units")).values("sum"))
    return Coalesce(total, Value(0), output_field=BigIntegerField())
