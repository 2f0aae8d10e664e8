"""The public pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from panel.api import errors
from panel.pages import connect, status


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
