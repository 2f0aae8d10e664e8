"""Why nobody can be lent, and for how long. Pure."""

from __future__ import annotations

from datetime import datetime

from credentials.lease import Lack, Unavailable
from credentials.roster import Member, Roster


def explained(roster: Roster, model: str, now: datetime, reason: str, *, pro: bool) -> Unavailable:
    """By the one that wakes first: it is the one that the next request will get."""
    first = roster.soonest(model, now)
    if first is None:
        return Unavailable(len(roster), None, reason, Lack.TROUBLE)
    moment, member = first
    if moment <= now:
        return Unavailable(len(roster), 0.0, reason, Lack.TRIED)
    lack = Lack.QUOTA if _limited(member, model, now, pro=pro) else Lack.TROUBLE
    return Unavailable(len(roster), (moment - now).total_seconds(), reason, lack)


def _limited(member: Member, model: str, now: datetime, *, pro: bool) -> bool:
    """Whether a limit or a cap keeps it from serving, not a fault."""
    if member.tally.free_at(pro=pro) > now:
        return True
    whole, parked = member.health.whole, member.health.models.get(model)
    rest = whole if parked is None or whole.until > parked.until else parked
    return rest.until > now and not rest.refusals and rest.reason != "stumbled"
