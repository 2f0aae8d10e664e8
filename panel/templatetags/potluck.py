"""What the templates can say: icons, states, numbers, times and charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django import template
from django.template.defaultfilters import date as spell
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from panel import charts, icons
from panel.pages import undo
from panel.pages.state import State, fullness

register = template.Library()

register.simple_tag(icons.icon)
register.simple_tag(icons.shape)
register.simple_tag(charts.swatch)
register.simple_tag(charts.bars)
register.simple_tag(charts.sparkline)
register.simple_tag(charts.strip)
register.simple_tag(undo.way, name="undo")

_STEPS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


@register.simple_tag
def gap() -> str:
    """What stands between two sentences: Chinese stops bring their own room."""
    return "" if (get_language() or "").startswith("zh") else " "


@register.simple_tag
def spark(values: Sequence[int]) -> SafeString:
    text = _("units a day, at most %(most)s") % {"most": units(max([*values, 0]))}
    return charts.sparkline(values, text)


@register.filter
def units(value: int | None) -> str:
    """`1234567` → `1,234,567`; None, which is no limit, is ∞."""
    return "∞" if value is None else f"{value:,}"


@register.filter
def percent(share: float | None) -> str:
    """`99.95` → `99.9%`: never more than it is. None, where there was nothing, is a dash."""
    return "—" if share is None else f"{math.floor(share * 10) / 10:g}%"


@register.filter
def lapse(milliseconds: int | None) -> str:
    """`350` → `350 ms`, `1234` → `1.2 s`; None is a dash."""
    if milliseconds is None:
        return "—"
    return f"{milliseconds} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s"


@register.simple_tag
def edge(column: charts.Column, step: int) -> SafeString | str:
    """Where a column of a chart begins; scripts say it in the visitor's own zone."""
    if column.at is None:
        return column.label
    clock = "hour" if step == 1 else "both"
    stamp = column.at.isoformat()
    return format_html('<time datetime="{}" data-clock="{}">{}</time>', stamp, clock, column.label)


@register.simple_tag
def state(value: State) -> SafeString:
    """A shape and a word."""
    return format_html(
        '<span class="state {}">{}{}</span>', value.value, icons.shape(value.value), value.word
    )


@register.simple_tag
def meter(used: int, total: int | None, state: State | str = "", thick: bool = False) -> SafeString:
    """A bar of what is used; without a limit there is nothing to fill."""
    text = _("%(used)s of %(total)s units used") % {"used": units(used), "total": units(total)}
    tone = "off" if state == State.OFF else fullness(total, None if total is None else total - used)
    return charts.progress(
        used if total is not None else 0, total or 1, text, tone=tone, thick=thick
    )


@register.simple_tag
def ago(when: datetime | None) -> SafeString | str:
    """A moment as a person would say it, with the exact one on hover."""
    if when is None:
        return format_html('<span class="muted">{}</span>', _("never"))
    return _time(when, relative(when, timezone.now()))


@register.simple_tag
def moment(when: datetime) -> SafeString:
    """The same, spelt out."""
    return _time(when, f"{spell(when, 'Y-m-d H:i')} UTC")


@register.simple_tag
def day(when: date | None) -> SafeString | str:
    """A day as a person would say it."""
    if when is None:
        return format_html('<span class="muted">{}</span>', _("never"))
    apart = (timezone.now().date() - when).days
    words = _("today") if apart <= 0 else _("yesterday") if apart == 1 else _past("day", apart)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', when, when, words % {"count": apart}
    )


def _time(when: datetime, text: str) -> SafeString:
    exact = f"{spell(when, 'Y-m-d H:i:s')} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', when.isoformat(), exact, text)


def relative(when: datetime, now: datetime) -> str:
    """`3 minutes ago`, `in 2 days`."""
    apart = abs(now - when)
    for size, name in _STEPS:
        count = apart // size
        if count:
            words = _past(name, count) if when <= now else _future(name, count)
            return words % {"count": count}
    return _("just now") if when <= now else _("in a moment")


def _past(name: str, count: int) -> str:
    return {
        "year": ngettext("%(count)d year ago", "%(count)d years ago", count),
        "month": ngettext("%(count)d month ago", "%(count)d months ago", count),
        "day": ngettext("%(count)d day ago", "%(count)d days ago", count),
        "hour": ngettext("%(count)d hour ago", "%(count)d hours ago", count),
        "minute": ngettext("%(count)d minute ago", "%(count)d minutes ago", count),
    }[name]


def _future(name: str, count: int) -> str:
    return {
        "year": ngettext("in %(count)d year", "in %(count)d years", count),
        "month": ngettext("in %(count)d month", "in %(count)d months", count),
        "day": ngettext("in %(count)d day", "in %(count)d days", count),
        "hour": ngettext("in %(count)d hour", "in %(count)d hours", count),
        "minute": ngettext("in %(count)d minute", "in %(count)d minutes", count),
    }[name]
