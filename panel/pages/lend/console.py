"""`/panel/contributions/login`: the administrator adds an account for the gateway itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from credentials.oauth.troubles import FlowError
from panel import bridge, tending
from panel.pages import part
from panel.pages.door import admin_required
from panel.pages.lend import browser as browsers
from panel.pages.lend import draft, giving, offer, ways
from panel.pages.lend.faults import fault
from panel.pages.lend.ways import Way


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def shown(request: HttpRequest) -> HttpResponse:
    """`?provider=` narrows it to one. What comes of it is stored switched on, with nobody's terms:
    the account is the administrator's to give."""
    known = list(ways.accounts(tending.issuers()))
    if request.method != "POST":
        return _page(request, known, request.GET.get("provider", ""))
    way = next((each for each in known if each.slug == request.POST.get("way")), None)
    if way is None:
        return _page(request, known, "", status=422)
    browser = browsers.load(request)
    try:
        begun = giving.begin(request, browser, way, draft.CONSOLE)
    except (FlowError, bridge.NotRunning) as error:
        found = fault(error)
        return _page(request, known, way.service, wrong=found.text, status=found.status)
    return offer.gone(request, browser, way, begun)


def _page(
    request: HttpRequest, known: list[Way], service: str, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    shown = [each for each in known if each.service == service] or known
    context = {"ways": shown, "wrong": wrong}
    return part.page(request, "contributions/login.html", context, status=status)
