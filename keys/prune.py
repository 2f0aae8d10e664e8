"""Forgets old request records, a few at a time, so that nobody waits for a long transaction."""

from __future__ import annotations

from datetime import datetime

from keys.models import RequestRecord

_BATCH = 500


def prune(before: datetime, *, using: str = "default") -> int:
    """Deletes the records of requests before `before`; returns how many. Day sums stay."""
    gone = 0
    old = RequestRecord.objects.using(using).filter(at__lt=before).order_by("at")
    while ids := list(old.values_list("pk", flat=True)[:_BATCH]):
        gone += RequestRecord.objects.using(using).filter(pk__in=ids).delete()[0]
    return gone
