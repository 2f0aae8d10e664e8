"""Charts as SVG, drawn by the server: values in, markup out.

A plot stretches to the width that it gets, so its letters stand beside it in HTML. Every mark has a
`<title>`, every picture a text that says the same; colours are classes of `data.css`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

SERIES = 6
"""Classes s1 to s6; the last one is for what is left over."""

_HEIGHT = 100
_STEP = 10
_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One place on the axis: what it is called, and a value for each series."""

    label: str
    values: tuple[int, ...]

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


def stack(labels: Sequence[str], series: Mapping[str, Sequence[int]], rest: str) -> Stack:
    """The biggest series by name, the others together as `rest`."""
    names = sorted(series, key=lambda name: (-sum(series[name]), name))
    shown = names if len(names) <= SERIES else names[: SERIES - 1]
    left = names[len(shown) :]
    columns = []
    for place, label in enumerate(labels):
        values = [series[name][place] for name in shown]
        if left:
            values.append(sum(series[name][place] for name in left))
        columns.append(Column(label, tuple(values)))
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
        '<g><rect class="hit" x="{}" y="0" width="{}" height="{}"/>{}<title>{}</title></g>',
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


def sparkline(values: Sequence[int], text: str) -> SafeString:
    """A line without axes, as wide as its text."""
    peak = max([*values, 1])
    span = max(len(values) - 1, 1)
    points = [
        f"{place / span * 100:.1f} {22 - value / peak * 20:.1f}"
        for place, value in enumerate(values)
    ]
    path = f"M{' L'.join(points)}" if points else ""
    return format_html(
        '<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img"'
        ' aria-label="{}" width="100" height="24"><path d="{}"><title>{}</title></path></svg>',
        text,
        path,
        text,
    )


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
