"""The figures of the overview, from the sums by hour: tiles, chart, failures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from keys import hours
from keys.stats import Span, Sums, spread
from panel import reasons
from panel.charts import Stack, stack
from panel.reasons import OURS, Reason

DAY = 24


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that the page can show. `name` is its word in the address."""

    name: str
    length: int
    step: int

    def span(self, now: datetime) -> Span:
        """Slots begin where days do: the last one is still running."""
        hour = hours.number(now)
        end = hour - hour % self.step + self.step
        return Span(end - self.length, end, self.step)

    @property
    def days(self) -> int:
        return self.length // DAY


WINDOWS = {
    each.name: each
    for each in (Window("24h", DAY, 1), Window("7d", 7 * DAY, 6), Window("30d", 30 * DAY, DAY))
}


@dataclass(frozen=True, slots=True)
class Tiles:
    """Over the whole window, and in lists by slot. `success` is a share of 100 of the calls that
    nothing was wrong with, None without any; `refused` are the others. Times in milliseconds."""

    calls: int
    calls_line: Sequence[int]
    success: float | None
    success_line: Sequence[float | None]
    failed: int
    refused: int
    median: int | None
    slow: int | None
    median_line: Sequence[int | None]
    units: int
    today: int
    units_line: Sequence[int]


@dataclass(frozen=True, slots=True)
class Failure:
    """Calls that failed for one reason, and the models where most did."""

    reason: Reason
    calls: int
    models: Sequence[str]


@dataclass(frozen=True, slots=True)
class Failures:
    """Those of the gateway and its upstreams, and those that are up to the callers."""

    ours: Sequence[Failure]
    theirs: Sequence[Failure]


def tiles(found: Sequence[Sums], span: Span, now: datetime) -> Tiles:
    slots: dict[int, list[Sums]] = {slot: [] for slot in span.slots}
    for each in found:
        slots[each.slot].append(each)
    midnight = hours.midnight(now)
    whole = spread(found)
    return Tiles(
        calls=_calls(found),
        calls_line=[_calls(some) for some in slots.values()],
        success=success(found),
        success_line=[success(some) for some in slots.values()],
        failed=sum(each.calls for each in found if each.code in OURS),
        refused=sum(each.calls for each in found if each.code and each.code not in OURS),
        median=hours.percentile(whole, 0.5),
        slow=hours.percentile(whole, 0.95),
        median_line=[hours.percentile(spread(some), 0.5) for some in slots.values()],
        units=sum(each.units for each in found),
        today=sum(each.units for each in found if each.slot >= midnight),
        units_line=[sum(each.units for each in some) for some in slots.values()],
    )


def success(found: Iterable[Sums]) -> float | None:
    """The share of 100 that was answered of what should have been; None if nothing should."""
    calls: Counter[bool] = Counter()
    for each in found:
        if each.code == "" or each.code in OURS:
            calls[each.code == ""] += each.calls
    return 100 * calls[True] / calls.total() if calls.total() else None


def chart(found: Sequence[Sums], span: Span) -> Stack:
    """Calls in each slot, stacked by model."""
    series: Mapping[str, dict[int, int]] = defaultdict(dict)
    for each in found:
        line = series[each.model or _("no model was asked")]
        line[each.slot] = line.get(each.slot, 0) + each.calls
    lines = {name: tuple(line.get(slot, 0) for slot in span.slots) for name, line in series.items()}
    moments = [hours.begin(slot) for slot in span.slots]
    if span.step >= DAY:
        return stack([date_format(each, "MONTH_DAY_FORMAT") for each in moments], lines, _rest())
    labels = [f"{date_format(each, 'MONTH_DAY_FORMAT')} {each:%H:%M} UTC" for each in moments]
    return stack(labels, lines, _rest(), moments)


def failures(found: Sequence[Sums]) -> Failures:
    """Most frequent first."""
    calls: Counter[str] = Counter()
    models: Mapping[str, Counter[str]] = defaultdict(Counter)
    for each in found:
        if each.code:
            calls[each.code] += each.calls
            if each.model:
                models[each.code][each.model] += each.calls
    every = [
        Failure(
            reasons.explain(code), calls[code], [name for name, _n in models[code].most_common(2)]
        )
        for code in sorted(calls, key=lambda code: (-calls[code], code))
    ]
    return Failures(
        [each for each in every if each.reason.ours],
        [each for each in every if not each.reason.ours],
    )


def _calls(found: Iterable[Sums]) -> int:
    return sum(each.calls for each in found)


def _rest() -> str:
    return _("others")
