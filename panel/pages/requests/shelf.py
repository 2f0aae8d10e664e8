"""`/panel/requests`: the list, and the part of it that htmx asks for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keys import requests, secret
from keys.requests import Page
from panel.pages import part, site
from panel.pages.door import admin_required
from panel.pages.requests.choices import choices
from panel.pages.requests.rows import rows
from panel.pages.requests.view import PAGE, View

SIZE = 50


@require_safe
@admin_required
def listed(request: HttpRequest) -> HttpResponse:
    view, now = View.read(request.GET), timezone.now()
    wanted = view.wanted(now)
    if secret.wellformed(view.get("key")):
        # A whole key was pasted: it does not stay in an address.
        known = wanted.keys[0] if wanted.keys else 0
        return part.to(request, view.address(key=str(known)))
    try:
        page = requests.page(wanted, after=view.after, size=SIZE)
    except ValueError:
        messages.warning(request, _("That link was of another list; this one begins anew."))
        return part.to(request, view.address(after=None))
    return _page(request, view, page)


def _page(request: HttpRequest, view: View, page: Page) -> HttpResponse:
    context = {
        "view": view,
        "words": view.words,
        "rows": rows(page.records),
        "searched": page.searched,
        "further": view.address(after=page.next) if page.next else None,
        "first": view.address(after=None) if view.after else None,
        "again": view.address(),
        "table": view.address(f"{PAGE}/export", after=None, follow=None),
        "home": site.address(request),
    }
    if not part.wants(request, "requests"):
        whole = context | {"choices": choices(view)}
        return part.page(request, "requests/list.html", whole)
    response = part.page(request, "requests/rows.html", context)
    # What the form sends has every empty field in it; what follows by itself is no new place.
    followed = request.headers.get("HX-Trigger") == "following"
    response.headers["HX-Push-Url"] = "false" if followed else view.address()
    return response
