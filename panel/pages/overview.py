"""`/panel`: is it well?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keys import rollup, stats
from panel.pages import gauges, layout, part, standing, steps
from panel.pages.door import admin_required
from panel.pages.gauges import WINDOWS, Window

_EATERS = 8


@require_safe
@admin_required
def shown(request: HttpRequest) -> HttpResponse:
    window = WINDOWS.get(request.GET.get("span", ""), WINDOWS["24h"])
    context = {
        "window": window,
        "windows": _windows(window),
        "places": layout.places(),
        "steps": steps.open_steps(request),
        **figures(window, timezone.now()),
    }
    template = "overview/body.html" if part.wants(request, "overview") else "overview/page.html"
    return part.page(request, template, context)


def figures(window: Window, now: datetime) -> dict[str, Any]:
    """What moves, all of it but the first steps."""
    span = window.span(now)
    found = stats.over_time(span)
    return {
        "tiles": gauges.tiles(found, span, now),
        "chart": gauges.chart(found, span),
        "failures": gauges.failures(found),
        "eaters": stats.eaters(window.days, _EATERS),
        "pool": standing.pool(now),
        "vitals": standing.vitals(),
        "counted": rollup.counted(),
    }


def _windows(chosen: Window) -> list[dict[str, Any]]:
    words = {"24h": _("24 hours"), "7d": _("7 days"), "30d": _("30 days")}
    return [
        {"name": name, "word": words[name], "chosen": window is chosen}
        for name, window in WINDOWS.items()
    ]
