"""Forgets what is old, a few rows at a time, so that nobody waits for a long transaction."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Min, QuerySet

from keys.models import KeyDay, Progress, RequestRecord, Reservation, UsageDay

KEY_DAYS = "key_days"
"""The Progress that names the first day whose KeyDays are all kept; the audit begins there."""

_BATCH = 500

Rows = QuerySet[RequestRecord] | QuerySet[UsageDay] | QuerySet[KeyDay]


def prune(before: datetime, *, using: str = "default") -> int:
    """Deletes the records of requests before `before`; returns how many. Day sums stay."""
    rows = RequestRecord.objects.using(using)
    return _forget(rows, rows.filter(at__lt=before).order_by("at"))


def days(before: date, *, using: str = "default") -> int:
    """Deletes the usage of the days before `before`; returns how many rows. Balances stay."""
    rows = UsageDay.objects.using(using)
    return _forget(rows, rows.filter(day__lt=before).order_by("day"))


def key_days(before: date, *, using: str = "default") -> int:
    """Deletes what keys used on the days before `before`; returns how many rows.

    A day that a reservation counts on stays, and so do those after it. Entries of the ledger stay
    too: the audit no longer compares those days, but the balances of keys as before.
    """
    held = Reservation.objects.using(using).filter(day__isnull=False)
    oldest = held.aggregate(day=Min("day"))["day"]
    day = before if oldest is None else min(before, oldest)
    marks = Progress.objects.using(using)
    mark = marks.get_or_create(name=KEY_DAYS)[0]
    if mark.day is None or mark.day < day:
        # First: the audit must not miss a row that is gone.
        marks.filter(pk=KEY_DAYS).update(day=day)
    rows = KeyDay.objects.using(using)
    return _forget(rows, rows.filter(day__lt=day).order_by("pk"))


def _forget(rows: Rows, old: Rows) -> int:
    gone = 0
    while ids := list(old.values_list("pk", flat=True)[:_BATCH]):
        gone += rows.filter(pk__in=ids).delete()[0]
    return gone
