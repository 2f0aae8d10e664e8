"""What contributed credentials did, day by day, as the pool counts it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import F

from credentials.models import Contribution, ServedDay

_KEPT = timedelta(days=400)
_BATCH = 500


def add(ids: Collection[int], day: date, *, calls: int, served: int) -> None:
    """To each of those credentials that were contributed, within the caller's transaction."""
    lent = Contribution.objects.filter(credential_id__in=ids)
    _move(list(lent.values_list("credential_id", flat=True)), day, calls=calls, served=served)


def look(well: Collection[int], ill: Collection[int], day: date) -> None:
    """One look at credentials that are lent: how each was found."""
    _move(well, day, well=1)
    _move(ill, day, ill=1)


def prune(today: date) -> int:
    """Forgets what is older than a year and a month; how many rows."""
    old = ServedDay.objects.filter(day__lt=today - _KEPT).order_by("day")
    gone = 0
    while ids := list(old.values_list("pk", flat=True)[:_BATCH]):
        gone += ServedDay.objects.filter(pk__in=ids).delete()[0]
    return gone


def _move(ids: Collection[int], day: date, **by: int) -> None:
    if not ids:
        return
    more = {name: F(name) + number for name, number in by.items()}
    rows = ServedDay.objects.filter(day=day)
    # The first statement writes: SQLite locks at once then, and nobody reads what is old.
    if rows.filter(credential_id__in=ids).update(**more) == len(ids):
        return
    known = set(rows.filter(credential_id__in=ids).values_list("credential_id", flat=True))
    fresh = [ServedDay(credential_id=id, day=day) for id in ids if id not in known]
    # Another process may be doing the same.
    ServedDay.objects.bulk_create(fresh, ignore_conflicts=True)
    rows.filter(credential_id__in=[row.credential_id for row in fresh]).update(**more)
