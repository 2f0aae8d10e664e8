"""Forgets what is old, a few rows at a time, so that nobody waits for a long transaction."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from keys.models import RequestRecord, UsageDay

_BATCH = 500


def prune(before: datetime, *, using: str = "default") -> int:
    """Deletes the records of requests before `before`; returns how many. Day sums stay."""
    rows = RequestRecord.objects.using(using)
    return _forget(rows, rows.filter(at__lt=before).order_by("at"))


def days(before: date, *, using: str = "default") -> int:
    """Deletes the usage of the days before `before`; returns how many rows. Balances stay."""
    rows = UsageDay.objects.using(using)
    return _forget(rows, rows.filter(day__lt=before).order_by("day"))


def _forget(
    rows: QuerySet[RequestRecord] | QuerySet[UsageDay],
    old: QuerySet[RequestRecord] | QuerySet[UsageDay],
) -> int:
    gone = 0
    while ids := list(old.values_list("pk", flat=True)[:_BATCH]):
        gone += rows.filter(pk__in=ids).delete()[0]
    return gone
