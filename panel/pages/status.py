"""`/`, for everybody: is it down, or is it me? No secret, no name of a key or credential."""

from __future__ import annotations

import enum
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from credentials.lending.rules import Openness
from keys import hours, rollup, stats
from keys.stats import Span, Sums, spread
from panel.charts import Part
from panel.memo import Memo
from panel.pages import layout, standing
from panel.pages.gauges import success
from panel.reasons import OURS

log = logging.getLogger("potluck.panel")

_HOURS = 24
_RECENT = 2
"""Hours, the present one among them, by which a model is judged if it was called in them."""
_FEW = 5
"""Calls below which nothing is said of a model: one failure would look like a breakdown."""
_MOST = 30
"""Models that are shown."""
_WELL, _ILL = 95.0, 50.0


class Condition(enum.StrEnum):
    """Values are classes of the style sheets and names of shapes."""

    WORKS = "healthy"
    PARTLY = "low"
    FAILS = "banned"
    QUIET = "off"

    @property
    def word(self) -> str:
        return {
            Condition.WORKS: _("works"),
            Condition.PARTLY: _("fails now and then"),
            Condition.FAILS: _("fails"),
            Condition.QUIET: _("no calls"),
        }[self]

    @property
    def sentence(self) -> str:
        """Of the whole gateway."""
        return {
            Condition.WORKS: _("It works. If your calls fail, look at your key and base URL."),
            Condition.PARTLY: _("Some calls fail. Try again, or take another model."),
            Condition.FAILS: _("Most calls fail. It is not you."),
            Condition.QUIET: _("Nobody has called lately, so nothing is known."),
        }[self]


@dataclass(frozen=True, slots=True)
class Dish:
    """A model over a day: shares of 100, milliseconds, and a mark for each hour."""

    model: str
    condition: Condition
    success: float | None
    median: int | None
    slow: int | None
    marks: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Report:
    """`left` is how many models are not shown, `back` when the first credential is back if all of
    them rest, `reset_at` when the pool's day ends."""

    condition: Condition
    dishes: Sequence[Dish]
    left: int
    back: datetime | None
    reset_at: datetime
    counted: datetime | None


_reports: Memo[Report] = Memo(15)
"""Strangers may come as often as they like."""


def report(now: datetime) -> Report | None:
    """At most some seconds old; None if the operator does not want it to be seen, or if the
    database does not answer: how to connect can be said all the same."""
    if not settings.POTLUCK.status_page:
        return None
    try:
        return _reports.get("", monotonic(), lambda: _report(now))
    except DatabaseError:
        log.exception("the status page has no figures")
        return None


def contribute() -> str:
    """Where one lends a credential, "" if that is closed."""
    closed = settings.POTLUCK.contributions is Openness.OFF
    return "" if closed else layout.address("contribute")


def _report(now: datetime) -> Report:
    end = hours.number(now) + 1
    span = Span(end - _HOURS, end)
    found = stats.over_time(span)
    models: dict[str, list[Sums]] = {}
    for each in found:
        models.setdefault(each.model, []).append(each)
    known = {name: some for name, some in models.items() if name and _due(some) >= _FEW}
    order = sorted(known, key=lambda name: (-_due(known[name]), name))
    pool, days = standing.pool(now), standing.calendar()
    return Report(
        condition=_judge(found, span),
        dishes=[_dish(name, known[name], span) for name in order[:_MOST]],
        left=len(order[_MOST:]),
        back=pool.next if pool.total and not pool.usable else None,
        reset_at=days.end(days.day(now)),
        counted=rollup.counted(),
    )


def _dish(model: str, found: Sequence[Sums], span: Span) -> Dish:
    firsts = spread(found)
    return Dish(
        model,
        _judge(found, span),
        success(found),
        hours.percentile(firsts, 0.5),
        hours.percentile(firsts, 0.95),
        [_mark(hour, [each for each in found if each.slot == hour]) for hour in span.slots],
    )


def _judge(found: Sequence[Sums], span: Span) -> Condition:
    recent = [each for each in found if each.slot >= span.end - _RECENT]
    return _condition(success(recent if _due(recent) >= _FEW else found))


def _condition(share: float | None) -> Condition:
    if share is None:
        return Condition.QUIET
    if share >= _WELL:
        return Condition.WORKS
    return Condition.PARTLY if share >= _ILL else Condition.FAILS


def _mark(hour: int, found: Sequence[Sums]) -> Part:
    share, at = success(found), hours.begin(hour)
    tone = "none" if share is None else _condition(share).value
    said = "—" if share is None else f"{int(share)}%"
    return Part(tone, 1, f"{at:%H:%M} UTC: {said}", at)


def _due(found: Sequence[Sums]) -> int:
    """Calls that nothing was wrong with."""
    return sum(each.calls for each in found if each.code == "" or each.code in OURS)
