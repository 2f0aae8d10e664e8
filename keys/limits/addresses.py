"""How often an address may ask, whoever it is. Pure. Time is an argument."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

import msgspec

from keys.address import Network, within
from keys.limits.days import Days
from keys.limits.pace import ROOM, Pace, Verdict
from keys.limits.refusal import Limited, Which, Whose, until

# What is no address (a UNIX socket's peer) is one bucket for all; its name must not grow.
_LONGEST = 64


class Rule(msgspec.Struct, frozen=True):
    """What one address may do; None is no limit. Addresses in `spared` are never limited."""

    per_minute: int | None = None
    per_day: int | None = None
    spared: tuple[Network, ...] = ()

    def covers(self, address: str) -> bool:
        """Whether there is anything to count for an address."""
        if self.per_minute is None and self.per_day is None:
            return False
        return not (self.spared and within(address, self.spared))


class Addresses:
    """The requests of all addresses in one scope (public pages, or keyed calls).

    `rule` is asked each time, so that a changed setting counts at once.
    """

    def __init__(self, rule: Callable[[], Rule], *, zone: tzinfo = UTC, room: int = ROOM) -> None:
        self.rule = rule
        self.zone = zone
        self._minute = Pace(room=room)
        self._day = Days(zone, room=room)

    def admit(self, address: str, now: datetime) -> None:
        """Counts a request, or raises Limited and counts nothing."""
        self.ask(address, now)
        self.count(address, now)

    def ask(self, address: str, now: datetime) -> None:
        """Raises Limited when a request would not fit. The day comes first: whoever reached both
        limits should wait for the later."""
        rule = self.rule()
        if not rule.covers(address):
            return
        place = bucket(address)
        if rule.per_day is not None:
            _heed(self._day.ask(place, rule.per_day, now), Which.DAY, rule.per_day, now)
        if rule.per_minute is not None:
            verdict = self._minute.ask(place, rule.per_minute, now.timestamp())
            _heed(verdict, Which.MINUTE, rule.per_minute, now)

    def count(self, address: str, now: datetime) -> None:
        rule = self.rule()
        if not rule.covers(address):
            return
        place = bucket(address)
        if rule.per_day is not None:
            self._day.count(place, now)
        if rule.per_minute is not None:
            self._minute.count(place, now.timestamp())


def _heed(verdict: Verdict, which: Which, limit: int, now: datetime) -> None:
    if not verdict.fits:
        retry_after, reset_at = until(verdict.at, now)
        raise Limited(which, Whose.ADDRESS, limit, retry_after=retry_after, reset_at=reset_at)


@lru_cache(maxsize=8192)
def bucket(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 of an IPv6 one, since that is what
    one customer is given at least."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:_LONGEST]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{ipaddress.IPv6Address(int(found) >> 64 << 64)}/64"
