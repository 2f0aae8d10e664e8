"""Codes that let somebody contribute where that needs an invitation. Stored as digests."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from credentials.lending import tickets
from credentials.models import Invite

MOST_CODES, MOST_USES, MOST_DAYS = 200, 10_000, 366
_KEPT = timedelta(days=30)


def create(
    pepper: bytes, *, count: int, uses: int, days: int, now: datetime, note: str = ""
) -> list[str]:
    """New codes, each good for `uses` contributions within `days`. They can never be shown again.

    Raises ValueError for numbers out of range.
    """
    for value, most in ((count, MOST_CODES), (uses, MOST_USES), (days, MOST_DAYS)):
        if not 1 <= value <= most:
            raise ValueError(f"Write a whole number from 1 to {most}.")
    codes = [tickets.code() for _ in range(count)]
    until = now + timedelta(days=days)
    rows = [
        Invite(
            digest=tickets.of_code(code, pepper),
            note=note.strip()[:200],
            left=uses,
            created_at=now,
            expires_at=until,
        )
        for code in codes
    ]
    Invite.objects.bulk_create(rows)
    return codes


def valid(code: str, pepper: bytes, now: datetime) -> bool:
    """Whether it would be taken now. It is not used by this."""
    rows = Invite.objects.filter(digest=tickets.of_code(code, pepper))
    return rows.filter(left__gt=0, expires_at__gt=now).exists()


def redeem(code: str, pepper: bytes, now: datetime) -> Invite | None:
    """Uses it once; None for a code that is unknown, used up or expired."""
    rows = Invite.objects.filter(digest=tickets.of_code(code, pepper))
    with transaction.atomic():
        # Whoever changes the row has it, however many ask at once.
        if not rows.filter(left__gt=0, expires_at__gt=now).update(left=F("left") - 1):
            return None
        return rows.get()


def live(now: datetime) -> list[Invite]:
    """Those that can still be used, the newest first."""
    return list(Invite.objects.filter(left__gt=0, expires_at__gt=now).order_by("-pk"))


def drop(id: int) -> bool:
    """Ends a code; what was contributed with it stays. False if there is none."""
    return Invite.objects.filter(pk=id).delete()[1].get("credentials.Invite", 0) > 0


def prune(now: datetime) -> int:
    """Forgets those that expired a month ago; how many."""
    gone = Invite.objects.filter(expires_at__lt=now - _KEPT).delete()[1]
    return gone.get("credentials.Invite", 0)
