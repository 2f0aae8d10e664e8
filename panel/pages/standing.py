"""How the pool and this process stand at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from credentials import listing
from credentials.caps import Calendar
from credentials.listing import Sort, State, Wanted
from panel import bridge
from panel.bridge import NotRunning, Vitals
from panel.charts import Part


@dataclass(frozen=True, slots=True)
class Share:
    """How many credentials are in a state; `state` is also its class."""

    state: str
    word: str
    count: int


@dataclass(frozen=True, slots=True)
class Pool:
    """`next` is when the first of those that rest comes back, None if none rests."""

    total: int
    shares: tuple[Share, ...]
    next: datetime | None

    @property
    def parts(self) -> list[Part]:
        return [
            Part(each.state, each.count, f"{each.word}: {each.count:,}") for each in self.shares
        ]

    @property
    def usable(self) -> int:
        return sum(each.count for each in self.shares if each.state == State.HEALTHY)


def pool(now: datetime) -> Pool:
    days = calendar()
    found = listing.counts(now, calendar=days)
    shares = tuple(
        Share(state.value, word, found.states[state])
        for state, word in words().items()
        if found.states[state]
    )
    resting = found.states[State.COOLING]
    return Pool(found.total, shares, _next(now, days) if resting else None)


def words() -> dict[State, str]:
    return {
        State.HEALTHY: _("healthy"),
        State.COOLING: _("cooling"),
        State.BANNED: _("banned"),
        State.HELD: _("held back"),
        State.OFF: _("off"),
    }


def calendar() -> Calendar:
    """When the pool's days begin: as the running gateway counts, else as it is configured."""
    try:
        return bridge.current().calendar
    except NotRunning:
        config = settings.POTLUCK
        return Calendar(config.quota_reset_time, ZoneInfo(config.quota_reset_zone))


def vitals() -> Vitals | None:
    """Of this process; None where no gateway runs."""
    try:
        return bridge.current().vitals()
    except NotRunning:
        return None


def _next(now: datetime, days: Calendar) -> datetime | None:
    """When the first of those that rest comes back."""
    wanted = Wanted(states=(State.COOLING,))
    first = listing.page(wanted, now, sort=Sort.COOLING, size=1, calendar=days)
    return first.rows[0].until if first.rows else None
