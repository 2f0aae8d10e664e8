"""How much of a credential may be used, and was: what people and pages ask and decide.

Synchronous; each change raises the revision, so that every process follows within a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from credentials import egress, history, services
from credentials.caps import Calendar, Caps
from credentials.history import Mishap
from credentials.models import Credential
from credentials.vault import Vault

MOST = 1_000_000
"""The largest cap."""


class Usage(NamedTuple):
    """Of one credential, today. `reset_at`: when the counts begin anew."""

    calls: int
    served: int
    pro: int
    caps: Caps
    reset_at: datetime


def limit(ids: Iterable[int], caps: Caps) -> int:
    """Sets caps; how many credentials were found. Raises ValueError for one out of range."""
    if not all(0 <= cap <= MOST for cap in (caps.minute, caps.day, caps.pro)):
        raise ValueError(f"A cap is a whole number from 0 (none) to {MOST}.")
    return services.update(ids, minute_cap=caps.minute, day_cap=caps.day, pro_cap=caps.pro)


def via(vault: Vault, ids: Iterable[int], proxy: str) -> int:
    """Sets the outbound proxy: a URL, "direct", or "" for the one for all. Raises ValueError."""
    url = egress.checked(proxy)
    return services.update(ids, sealed_proxy=vault.seal(url).decode() if url else "")


def proxy(vault: Vault, row: Credential) -> str:
    """Its proxy for people, without user and password. Raises VaultError."""
    return egress.shown(vault.open(row.sealed_proxy.encode())) if row.sealed_proxy else ""


def reset(ids: Iterable[int]) -> int:
    """Today's counts begin anew, in every process."""
    return services.update(ids, calls=0, served=0, pro_calls=0)


def today(row: Credential, now: datetime, calendar: Calendar) -> Usage:
    """As stored, which is at most ten seconds behind."""
    caps = Caps(row.minute_cap, row.day_cap, row.pro_cap)
    day = calendar.day(now)
    counts = (row.calls, row.served, row.pro_calls) if row.day == day else (0, 0, 0)
    return Usage(*counts, caps, calendar.end(day))


def errors(row: Credential) -> list[Mishap]:
    """Its last twenty failures, oldest first."""
    return history.load(row.errors)
