"""The arithmetic of a key's units: what fits, what is held, what is used. Pure.

A key's **balance** is what its ledger entries add up to: the units granted minus the units used.
An unlimited key has no grants, so its balance is minus what it used. A reservation does not change
the balance; it only makes a part of it unavailable until its request is settled.
"""

from __future__ import annotations

import enum
from datetime import datetime

import msgspec


class Limit(enum.StrEnum):
    """Which limit refused a request, in the words that a client sees."""

    TOTAL = "total"
    DAILY = "daily"
    MODEL_DAILY = "model daily"
    """The allowance of one day for some models."""
    KEY = "key"
    """There is no such key (any more)."""


class Refused(Exception):
    """A request that does not fit. Units; `reset_at` is None when waiting does not help.
    `pattern` names the models that a MODEL_DAILY limit is for."""

    def __init__(
        self,
        limit: Limit,
        *,
        needed: int,
        remaining: int,
        reset_at: datetime | None = None,
        pattern: str = "",
    ) -> None:
        super().__init__(limit, needed, remaining, reset_at, pattern)
        self.limit = limit
        self.needed = needed
        self.remaining = remaining
        self.reset_at = reset_at
        self.pattern = pattern

    def __str__(self) -> str:
        resets = f" The quota resets at {self.reset_at.isoformat()}." if self.reset_at else ""
        models = f" for `{self.pattern}`" if self.pattern else ""
        return (
            f"This request costs {self.needed} units and {self.remaining} are left"
            f" of the key's {self.limit} quota{models}.{resets}"
        )


class Balance(msgspec.Struct, frozen=True):
    """Units of one key; `total` None is unlimited. Always `0 <= used`, `0 <= reserved` and
    `used + reserved <= total`."""

    total: int | None
    used: int = 0
    reserved: int = 0

    @property
    def remaining(self) -> int | None:
        """What a new request may still reserve; None is unlimited."""
        return None if self.total is None else self.total - self.used - self.reserved

    @property
    def net(self) -> int:
        """The balance: what the ledger entries of the key add up to."""
        return (self.total or 0) - self.used


def admit(balance: Balance, units: int) -> Balance:
    """Reserves `units`, or raises `Refused`."""
    if units < 0:
        raise ValueError("a cost is never negative")
    remaining = balance.remaining
    if remaining is not None and units > remaining:
        raise Refused(Limit.TOTAL, needed=units, remaining=remaining)
    return Balance(balance.total, balance.used, balance.reserved + units)


def settle(balance: Balance, *, held: int, charged: int) -> Balance:
    """Ends a reservation of `held` units and charges `charged` of them; the rest is free again."""
    if not 0 <= charged <= held <= balance.reserved:
        raise ValueError("only what is reserved can be charged")
    return Balance(balance.total, balance.used + charged, balance.reserved - held)
