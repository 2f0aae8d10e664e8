"""What a key used in the last 30 days, as a chart and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from keys.usage import Point
from panel.charts import Stack, stack

DAYS = 30


@dataclass(frozen=True, slots=True)
class Model:
    """Calls to one model and what they cost; `share` is a part of 100."""

    name: str
    calls: int
    failed: int
    units: int
    share: int


def chart(points: Sequence[Point], today: date) -> Stack:
    """Units a day, stacked by model."""
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    place = {day: number for number, day in enumerate(days)}
    series: dict[str, list[int]] = {}
    for point in points:
        if point.units and point.day in place:
            line = series.setdefault(point.model or _("no model was asked"), [0] * DAYS)
            line[place[point.day]] += point.units
    labels = [date_format(day, "MONTH_DAY_FORMAT") for day in days]
    return stack(labels, {name: tuple(line) for name, line in series.items()}, _("others"))


def per_model(points: Sequence[Point]) -> list[Model]:
    """Dearest first."""
    sums: dict[str, list[int]] = {}
    for point in points:
        line = sums.setdefault(point.model, [0, 0, 0])
        for place, value in enumerate((point.calls, point.failed, point.units)):
            line[place] += value
    whole = sum(line[2] for line in sums.values()) or 1
    found = [
        # Lists of models, and calls that were refused before a model was asked.
        Model(name or _("no model was asked"), calls, failed, units, round(100 * units / whole))
        for name, (calls, failed, units) in sums.items()
    ]
    return sorted(found, key=lambda model: (-model.units, -model.calls, model.name))
