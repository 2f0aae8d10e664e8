"""Forgets what is old, and deletes the secrets that nobody came back for."""

from __future__ import annotations

from datetime import datetime, timedelta

from credentials.caps import Calendar
from credentials.lending import change, erasure, invites, served
from credentials.lending.ending import ended
from credentials.lending.states import ALIVE, State, Verb, WrongState
from credentials.models import Contribution

_UNTESTED = timedelta(days=1)
_LATE = "The test was not finished within a day."
_REMOVED = "The administrator removed it."


def prune(now: datetime, calendar: Calendar) -> None:
    """Once an hour."""
    served.prune(calendar.day(now))
    invites.prune(now)
    waiting = Contribution.objects.filter(state=State.TESTING.value, since__lt=now - _UNTESTED)
    for id in list(waiting.values_list("pk", flat=True)):
        _end(id, Verb.TEST, _LATE, now)
    alive = Contribution.objects.filter(state__in=[state.value for state in ALIVE])
    removed = alive.exclude(credential__deleted_at=None)
    for id in list(removed.values_list("pk", flat=True)):
        _end(id, Verb.WITHDRAW, _REMOVED, now)
    erasure.flush()


def _end(id: int, verb: Verb, reason: str, now: datetime) -> None:
    try:
        with change.changing(id, verb) as row:
            ended(row, State.REJECTED, now, reason=reason)
    except WrongState:
        return  # Somebody did something with it a moment ago.
