"""`/panel/log`: what is happening now? The page; its lines then come by `panel.logs.consumer`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from panel import audit
from panel.logs import consumer, replay
from panel.logs.handler import ring
from panel.logs.ring import SIZE, Line
from panel.logs.wanted import LEVELS, chosen
from panel.pages import part, undo
from panel.pages.door import admin_required

PAGE = "/panel/log"
SHOWN = 200
"""Lines that the page comes with; scripts add to them."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`text` of a traceback stands on lines of its own."""

    line: Line
    text: str


@require_safe
@admin_required
def shown(request: HttpRequest) -> HttpResponse:
    wanted = chosen(request.GET)
    last = ring.last
    levels = {"debug": _("Everything"), "info": _("Info and above"),
              "warning": _("Warnings and errors"), "error": _("Errors only")}  # fmt: skip
    context = {
        "wanted": wanted,
        "levels": [Choice(each, levels[each], each == wanted.level) for each in LEVELS],
        "rows": [Row(each, _folded(each)) for each in replay.lines(ring, wanted, SHOWN)],
        "run": ring.run,
        "last": last,
        "most": SIZE,
        "stream": consumer.PATH,
        "process": os.getpid(),
        "processes": settings.POTLUCK.workers,
        "relayed": bool(ring.process),
        "log_level": settings.POTLUCK.log_level,
        "log_file": settings.POTLUCK.log_file,
        "download": "/auth/logs/download?"
        + urlencode({"level": wanted.level, "text": wanted.text}),
    }
    return part.page(request, "log/live.html", context)


@require_POST
@admin_required
def cleared(request: HttpRequest) -> HttpResponse:
    gone, floor = ring.clear()
    audit.note(request, "log.clear", after={"lines": gone})
    text = ngettext("%(count)d line cleared.", "%(count)d lines cleared.", gone)
    fields = {"floor": str(floor), "run": ring.run}
    undo.offer(request, text % {"count": gone}, f"{PAGE}/restore", fields)
    return part.to(request, PAGE)


@require_POST
@admin_required
def restored(request: HttpRequest) -> HttpResponse:
    """Only in the ring that it was cleared from: another process has numbers of its own."""
    floor = request.POST.get("floor", "")
    if request.POST.get("run") == ring.run and floor.isdecimal() and len(floor) < 16:
        ring.restore(int(floor))
        audit.note(request, "log.restore")
    return part.to(request, PAGE)


def _folded(line: Line) -> str:
    return line.text.replace("\\n", "\n") if "Traceback (most recent" in line.text else line.text
