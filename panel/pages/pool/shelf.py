"""`/panel/credentials`: the list, and the part of it that htmx asks for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credentials import listing
from panel import cargo, tending
from panel.pages import part
from panel.pages.door import admin_required
from panel.pages.pool import words
from panel.pages.pool.rows import lines
from panel.pages.pool.view import SORTS, View

SIZE = 50
FORM = "pool-filters"


@require_safe
@admin_required
def listed(request: HttpRequest) -> HttpResponse:
    view, now, calendar = View.read(request.GET), timezone.now(), tending.calendar()
    sort, descending = SORTS[view.sort]
    try:
        page = listing.page(
            view.wanted,
            now,
            sort=sort,
            descending=descending,
            after=view.after or None,
            size=SIZE,
            calendar=calendar,
        )
    except ValueError:
        messages.warning(request, _("That link was of another list; this one begins anew."))
        return part.to(request, view.address())
    counts = listing.counts(now, calendar=calendar)
    whole = page.next is None and not view.after
    narrowed = view.narrowed and not whole
    found = listing.count(view.wanted, now, calendar=calendar) if narrowed else counts.total
    context = {
        "view": view,
        "counts": counts,
        "chips": view.chips(counts),
        "choices": {"kinds": view.kinds(counts), "providers": view.providers(counts)},
        "lines": lines(page.rows, now),
        "count": len(page.rows) if whole else found,
        "further": view.address(page.next) if page.next else None,
        "first": view.address() if view.after else None,
        "units": " ".join(words.units()),
        "largest": cargo.LARGEST,
    }
    return _answer(request, view, context)


def _answer(request: HttpRequest, view: View, context: dict[str, object]) -> HttpResponse:
    if not part.wants(request, "pool"):
        return part.page(request, "credentials/list.html", context)
    response = part.page(request, "credentials/rows.html", context)
    if request.headers.get("HX-Trigger") == FORM:
        # What the form sends has every empty field in it.
        response.headers["HX-Push-Url"] = view.address()
    return response
