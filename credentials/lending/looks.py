"""Looks, once an hour, how the credentials are that people lend."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from credentials import store
from credentials.caps import Calendar
from credentials.health import Health
from credentials.lending import served
from credentials.lending.states import State
from credentials.models import Credential

_CHUNK = 200


def look(now: datetime, calendar: Calendar) -> None:
    """Notes it for today, of those that are LENDING and that the operator has not switched off."""
    lent = Credential.objects.filter(
        contribution__state=State.LENDING.value, enabled=True, deleted_at=None
    )
    rows = list(lent.only("health").order_by("pk"))
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        well = [row.pk for row in some if sound(store.read(row), now)]
        ill = [row.pk for row in some if row.pk not in well]
        with transaction.atomic():
            served.look(well, ill, calendar.day(now))


def sound(health: Health, now: datetime) -> bool:
    """Not banned, and not resting because it was refused.

    One that rests because its quota is spent has served well.
    """
    refused = health.whole.refusals > 0 and now < health.whole.until
    return not health.banned and not refused
