"""How a key is, as people see it: a shape and a word."""

from __future__ import annotations

import enum
from datetime import datetime

from django.utils.translation import gettext as _

_LOW = 10
"""Percent of the quota that may be left before a key counts as running out."""


class State(enum.StrEnum):
    """Values are classes of the style sheets and words of the address."""

    ACTIVE = "active"
    LOW = "low"
    SPENT = "spent"
    EXPIRED = "expired"
    OFF = "off"

    @property
    def word(self) -> str:
        return {
            State.ACTIVE: _("active"),
            State.LOW: _("running out"),
            State.SPENT: _("used up"),
            State.EXPIRED: _("expired"),
            State.OFF: _("off"),
        }[self]


def judge(
    *,
    enabled: bool,
    expires_at: datetime | None,
    total: int | None,
    remaining: int | None,
    now: datetime,
) -> State:
    """The first that is true, from what a person must do first."""
    if not enabled:
        return State.OFF
    if expires_at is not None and expires_at <= now:
        return State.EXPIRED
    return fullness(total, remaining)


def fullness(total: int | None, remaining: int | None) -> State:
    """Of the units alone; without a limit they never run out."""
    if total is None or remaining is None:
        return State.ACTIVE
    if remaining <= 0:
        return State.SPENT
    return State.LOW if remaining * 100 <= total * _LOW else State.ACTIVE
