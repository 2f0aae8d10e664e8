"""Grants units to the keys of people who lend credentials, for each day once."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from credentials.caps import Calendar
from credentials.lending import earnings, looks
from credentials.lending.earnings import Due, Settled
from credentials.lending.rules import Reward
from credentials.lending.states import Paid
from keys import services
from keys.models import ApiKey

log = logging.getLogger("potluck.rewards")


def pay(now: datetime, reward: Reward, calendar: Calendar) -> int:
    """Once an hour, in every process: looks how lent credentials are, and grants what is due.

    Gives the units that were granted. Each contribution is paid what it was promised; the caps,
    and whether anything is paid at all, are those of `reward`.
    """
    looks.look(now, calendar)
    if reward.paid is Paid.NONE:
        return 0
    return sum(_pay(one, reward, now) for one in list(earnings.due(now, calendar)))


def _pay(one: Due, reward: Reward, now: datetime) -> int:
    """The note and the grant are one transaction: both, once, or neither."""
    try:
        with transaction.atomic():
            units = earnings.book(one, reward, now)
            if units:
                reason = f"contribution {one.contribution_id} {one.day}"
                services.grant(one.key_id, units, reason=reason)
    except Settled:
        return 0
    except (ApiKey.DoesNotExist, ValueError):
        # The key was deleted, or has no limit that could be raised.
        log.info("Contribution %s has no key to be granted units.", one.contribution_id)
        return 0
    return units
