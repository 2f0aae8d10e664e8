"""Charts as SVG, drawn by the server: values in, markup out.

A plot stretches to the width that it gets, so its letters stand beside it in HTML. Every mark has a
`<title>`, every picture a text that says the same; colours are classes of `charts.css`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

SERIES = 6
"""Classes s1 to s6; the last one is for what is left over."""

_HEIGHT = 100
_STEP = 10
_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One place on the axis: what it is called, and a value for each series. With a moment `at`
    its label ends in UTC, and scripts say it in the visitor's own zone."""

    label: str
    values: tuple[int, ...]
    at: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Stack:
    """Columns over each other's series, and the names of those, biggest first."""

    names: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def peak(self) -> int:
        return max((column.total for column in self.columns), default=0)

    @property
    def total(self) -> int:
        return sum(column.total for column in self.columns)

    @property
    def legend(self) -> list[tuple[int, str]]:
        return list(enumerate(self.names, start=1))


def stack(
    labels: Sequence[str],
    series: Mapping[str, Sequence[int]],
    rest: str,
    moments: Sequence[datetime] = (),
) -> Stack:
    """The biggest series by name, the others together as `rest`. `moments` are those of the
    labels, where these have a time of day."""
    names = sorted(series, key=lambda name: (-sum(series[name]), name))
    shown = names if len(names) <= SERIES else names[: SERIES - 1]
    left = names[len(shown) :]
    columns = []
    for place, label in enumerate(labels):
        values = [series[name][place] for name in shown]
        if left:
            values.append(sum(series[name][place] for name in left))
        columns.append(Column(label, tuple(values), moments[place] if moments else None))
    return Stack((*shown, rest) if left else tuple(shown), tuple(columns))


def bars(chart: Stack, text: str) -> SafeString:
    """Stacked bars, or plain ones for a single series; `text` is what a screen reader says."""
    width = max(len(chart.columns), 1) * _STEP
    peak = chart.peak or 1
    columns = [_column(place, each, peak, chart.names) for place, each in enumerate(chart.columns)]
    return format_html(
        '<svg class="plot" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>',
        width,
        _HEIGHT,
        text,
        _joined(columns),
    )


def _column(place: int, column: Column, peak: int, names: Sequence[str]) -> SafeString:
    parts, top = [], float(_HEIGHT)
    for number, value in enumerate(column.values, start=1):
        if value <= 0:
            continue
        # A small value is still seen.
        height = max(value / peak * (_HEIGHT - 4), 1.0)
        top -= height
        parts.append(_mark(place, number, max(top, 0.0), height, f"{names[number - 1]}: {value:,}"))
    return format_html(
        '<g{}><rect class="hit" x="{}" y="0" width="{}" height="{}"/>{}<title>{}</title></g>',
        _dated(column.at),
        place * _STEP,
        _STEP,
        _HEIGHT,
        _joined(parts),
        _spoken(column, names),
    )


def _mark(place: int, number: int, top: float, height: float, title: str) -> SafeString:
    return format_html(
        '<rect class="mark s{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        number,
        place * _STEP + _GAP / 2,
        f"{top:.2f}",
        _STEP - _GAP,
        f"{height:.2f}",
        title,
    )


def _spoken(column: Column, names: Sequence[str]) -> str:
    """`3 May: 120`, and a line for each series that has a part in it."""
    lines = [f"{column.label}: {column.total:,}"]
    if len(names) > 1:
        pairs = zip(names, column.values, strict=True)
        lines += [f"{name}: {value:,}" for name, value in pairs if value]
    return "\n".join(lines)


def sparkline(values: Sequence[float | None], text: str) -> SafeString:
    """A line without axes, as wide as its text. It has a gap where a value is None."""
    peak = max([*(value for value in values if value is not None), 1])
    span = max(len(values) - 1, 1)
    runs: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{place / span * 100:.1f} {22 - value / peak * 20:.1f}")
    # A value between two gaps is a dot, which needs some length to be seen.
    path = " ".join(f"M{' L'.join(run)}{'' if run[1:] else 'h.5'}" for run in runs if run)
    return format_html(
        '<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img"'
        ' aria-label="{}" width="100" height="24"><path d="{}"><title>{}</title></path></svg>',
        text,
        path,
        text,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a strip: a class `t-…` of the style sheets, its size, and its title."""

    tone: str
    size: int
    title: str
    at: datetime | None = None


def strip(parts: Sequence[Part], text: str, gap: bool = False) -> SafeString:
    """Parts beside each other, each as long as its size; with a `gap` they are apart."""
    whole, start, marks = sum(part.size for part in parts) or 1, 0.0, []
    for part in parts:
        if part.size <= 0:
            continue
        # Of three hundred one is still seen.
        width = max(part.size / whole * 100, 0.8)
        marks.append(_stretch(part, start, width - (0.8 if gap else 0)))
        start += width
    return format_html(
        '<svg class="strip" viewBox="0 0 {} 10" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>',
        f"{max(start, 1):.1f}",
        text,
        _joined(marks),
    )


def _stretch(part: Part, start: float, width: float) -> SafeString:
    return format_html(
        '<rect class="t-{}"{} x="{}" width="{}" height="10"><title>{}</title></rect>',
        part.tone,
        _dated(part.at),
        f"{start:.1f}",
        f"{width:.1f}",
        part.title,
    )


def _dated(at: datetime | None) -> SafeString:
    if at is None:
        return mark_safe("")
    return format_html(' data-at="{}"', at.strftime("%Y-%m-%dT%H:%MZ"))


def progress(
    used: int, total: int, text: str, *, tone: str = "", thick: bool = False
) -> SafeString:
    """How much of `total` is used. `tone` is a class: low, spent or off."""
    share = 1.0 if total <= 0 else min(max(used / total, 0.0), 1.0)
    classes = " ".join(filter(None, ("bar", tone, "thick" if thick else "")))
    return format_html(
        '<svg class="{}" viewBox="0 0 100 6" preserveAspectRatio="none" role="img"'
        ' aria-label="{}"><title>{}</title><rect class="track" width="100" height="6"/>'
        '<rect class="fill" width="{}" height="6"/></svg>',
        classes,
        text,
        text,
        f"{share * 100:.1f}",
    )


def swatch(number: int) -> SafeString:
    """The colour of a series, for its legend."""
    return format_html(
        '<svg viewBox="0 0 10 10" aria-hidden="true"><rect class="s{}" width="10" height="10"'
        ' rx="2"/></svg>',
        number,
    )


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts)) if parts else mark_safe("")
