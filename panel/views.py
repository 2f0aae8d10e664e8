"""The public pages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from panel.api import errors
from panel.pages import connect, status

log = logging.getLogger("potluck.panel")


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Built of nothing that the visitor sent: what names a host is made by their own browser."""
    context = {
        "report": status.report(timezone.now()),
        "contribute": status.contribute(),
        "dialects": connect.bases(settings.POTLUCK.host_url.rstrip("/")),
    }
    return render(request, "landing.html", context)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = errors.nothing(request) or render(request, "404.html", status=404)
    patch_vary_headers(response, ["Accept"])
    return response


def broken(request: HttpRequest, *_: Any) -> HttpResponse:
    return render(request, "500.html", status=500)


class Away:
    """Middleware: a page that its database does not answer says so, instead of a mistake."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self._respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, errors.AWAY):
            return None
        log.error("the database does not answer a page: %s", error)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = str(errors.WAIT)
        return response
