"""What the sums by hour and day say: over time, by model, by failure. Runs on a reader thread.

As fresh as the last run of `keys.rollup`: a second after few calls, a minute after many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from keys import hours
from keys.models import ApiKey, UsageDay, UsageHour
from keys.stored import reading
from keys.sums import TopKey, UsageDate


@dataclass(frozen=True, slots=True)
class Span:
    """Hours from `start` up to `end`, which is not among them, in slots of `step` hours."""

    start: int
    end: int
    step: int = 1

    @property
    def slots(self) -> range:
        """The hour that each slot begins with."""
        return range(self.start, self.end, self.step)


@dataclass(frozen=True, slots=True)
class Sums:
    """Calls to one model that were answered ("") or failed with one code, from the hour `slot` on.

    `firsts` are counts of the classes of `keys.hours`.
    """

    slot: int
    model: str
    code: str
    calls: int
    units: int
    firsts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Eater:
    """A key and what it used. `name` is its label, else its text with most of it left out."""

    id: int
    name: str
    calls: int
    failed: int
    units: int


def over_time(span: Span, *, using: str = "default") -> list[Sums]:
    """By slot, model and code, in the order of time."""
    # A remainder, since databases do not agree on what dividing two whole numbers makes.
    slot = F("hour") - (F("hour") - span.start) % span.step
    found = _within(span, using).annotate(slot=slot).values("slot", "model", "code")
    rows = found.annotate(**_EVERYTHING).order_by("slot", "model", "code")
    columns = rows.values_list("slot", "model", "code", "n", "u", *_FIRSTS)
    return [
        Sums(int(slot), model, code, int(calls), int(units), _whole(firsts))
        for slot, model, code, calls, units, *firsts in reading(using, list, columns)
    ]


def eaters(days: int, most: int, *, using: str = "default") -> list[Eater]:
    """The keys that used most in one of `keys.tops.SPANS`, at most as many as it has."""
    rows = TopKey.objects.using(using).filter(days=days, place__lt=most).order_by("place")
    top = reading(using, list, rows)
    keys = ApiKey.objects.using(using).filter(pk__in=[each.key_id for each in top])
    names = {key: text or masked for key, text, masked in keys.values_list(*_NAMES)}
    return [
        Eater(each.key_id, names.get(each.key_id, ""), each.calls, each.failed, each.units)
        for each in top
    ]


def answered(*, using: str = "default") -> bool:
    """Whether a call with a key was ever answered; also one of this moment."""
    rows = UsageDay.objects.using(using).filter(calls__gt=F("failed"))
    return reading(using, rows.exists)


def spread(found: Iterable[Sums]) -> tuple[int, ...]:
    """The times to first bytes of all of them together."""
    columns = zip(*(each.firsts for each in found), strict=True)
    return tuple(sum(column) for column in columns) or (0,) * len(hours.CLASSES)


_NAMES = ("pk", "description", "masked")
_FIRSTS = tuple(f"_{name}" for name in hours.CLASSES)
_EVERYTHING = {
    "n": Sum("calls"),
    "u": Sum("units"),
    **{f"_{name}": Sum(name) for name in hours.CLASSES},
}


def _within(span: Span, using: str) -> QuerySet[UsageHour] | QuerySet[UsageDate]:
    """Of whole days, where it consists of them."""
    within = Q(hour__gte=span.start) & Q(hour__lt=span.end)
    if any(each % hours.DAY for each in (span.start, span.end, span.step)):
        return UsageHour.objects.using(using).filter(within).order_by()
    return UsageDate.objects.using(using).filter(within).order_by()


def _whole(figures: Sequence[Any]) -> tuple[int, ...]:
    return tuple(map(int, figures))
