"""What a contribution has earned for its lender's key, for each day that is over, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from credentials.caps import Calendar
from credentials.lending.rules import Reward
from credentials.lending.states import Paid, State
from credentials.models import Contribution, RewardDay, ServedDay

_BACK = timedelta(days=7)
"""So far back a day is paid that could not be paid in time."""
_LATE = timedelta(minutes=10)
"""So long after its end calls may still be counted to a day."""


class Settled(Exception):
    """This day was paid before, or is not to be paid any more."""


class Due(msgspec.Struct, frozen=True):
    """A day of a contribution that is to be paid to a key. `units` are before all caps."""

    contribution_id: int
    key_id: int
    day: date
    units: int


def due(now: datetime, calendar: Calendar) -> Iterator[Due]:
    """What nobody has been paid for yet.

    Healthy days are paid to who is lending now and was from the first moment of the day; served
    calls also to who has paused since. A day on which a look found the credential ill earns
    nothing, and so does everything after a withdrawal or a removal.
    """
    last = calendar.day(now - _LATE) - timedelta(days=1)
    days = ServedDay.objects.filter(day__gte=last - _BACK, day__lte=last, ill=0)
    days = days.filter(credential__deleted_at=None, credential__contribution__in=_payable())
    paid = RewardDay.objects.filter(
        contribution__credential=OuterRef("credential_id"), day=OuterRef("day")
    )
    rows = days.exclude(Exists(paid)).select_related("credential__contribution")
    for row in rows.defer("credential__sealed").order_by("day", "pk"):
        contribution = row.credential.contribution
        units = earned(contribution, row, calendar)
        if units and contribution.reward_key_id is not None:
            yield Due(contribution.pk, contribution.reward_key_id, row.day, units)


def earned(row: Contribution, day: ServedDay, calendar: Calendar) -> int:
    """The units of one day, before all caps."""
    match Paid(row.paid):
        case Paid.CALL:
            return max(day.served, 0) * row.units
        case Paid.DAY:
            whole = row.since <= calendar.end(day.day - timedelta(days=1))
            lent = row.state == State.LENDING and whole and day.well > 0
            return row.units if lent else 0
        case Paid.NONE:
            return 0


def book(one: Due, reward: Reward, now: datetime) -> int:
    """Notes that the day is paid, within the transaction that grants the units that this gives.

    Nobody else can do it again. 0: a cap is reached, and there is nothing to grant. Raises
    Settled.
    """
    rows = _payable().filter(pk=one.contribution_id, reward_key_id=one.key_id)
    # Changes nothing, but whoever does it has the row until the commit, on every database.
    if (
        not rows.update(revision=F("revision"))
        or not rows.filter(credential__deleted_at=None).exists()
    ):
        raise Settled
    units = _within(one.units, granted(one.contribution_id), reward)
    try:
        with transaction.atomic():
            RewardDay.objects.create(
                contribution_id=one.contribution_id,
                day=one.day,
                key_id=one.key_id,
                units=units,
                granted_at=now,
            )
    except IntegrityError:
        raise Settled from None
    return units


def granted(contribution_id: int) -> int:
    """All that a contribution has earned so far."""
    rows = RewardDay.objects.filter(contribution_id=contribution_id)
    return int(rows.aggregate(total=Sum("units"))["total"] or 0)


def _within(units: int, before: int, reward: Reward) -> int:
    if reward.day_cap:
        units = min(units, reward.day_cap)
    if reward.total_cap:
        units = min(units, max(reward.total_cap - before, 0))
    return units


def _payable() -> QuerySet[Contribution]:
    states = [State.LENDING.value, State.PAUSED.value]
    return Contribution.objects.filter(state__in=states).exclude(reward_key_id=None)
