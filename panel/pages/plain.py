"""What machines ask of a site: whether it is up, and what they may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from panel import bridge
from panel.bridge import NotRunning

_TEXT = "text/plain; charset=utf-8"


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether this process serves the model API. It asks nobody, so it may be asked often."""
    try:
        bridge.current()
    except NotRunning:
        return HttpResponse("starting\n", content_type=_TEXT, status=503)
    return HttpResponse("ok\n", content_type=_TEXT)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """A gateway of a community is nothing to be found by a search."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type=_TEXT)
