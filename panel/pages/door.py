"""The doors of the pages, in one place: who may come in, and how often."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from keys.limits.refusal import Limited
from panel import pace
from panel.auth import admin_required as admin_required
from panel.pages import part

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def paced(view: Page[P]) -> Page[P]:
    """What is sent to a public page counts against its address; looking at it does not."""

    @wraps(view)
    def counted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST":
            try:
                pace.admit(request)
            except Limited as limited:
                return _later(request, limited)
        return view(request, *args, **kwargs)

    return counted


def _later(request: HttpRequest, limited: Limited) -> HttpResponse:
    seconds = max(1, math.ceil(limited.retry_after))
    response = part.page(request, "query/later.html", {}, status=429, frame="plain.html")
    response.headers["Retry-After"] = str(seconds)
    return response
