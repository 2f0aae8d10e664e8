"""Pages whose address is a secret: they tell it to nobody."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def private(view: Page[P]) -> Page[P]:
    """No referrer, no search engine, no copy anywhere. Forms need their CSRF token as elsewhere."""
    checked = csrf_protect(view)

    @wraps(view)
    def quiet(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        _name(request)
        response = checked(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    # The middleware would check before the origin has its name back.
    return cast(Page[P], csrf_exempt(never_cache(quiet)))


def _name(request: HttpRequest) -> None:
    """Without a referrer browsers send `Origin: null` with our own forms, too, which the CSRF check
    refuses. Whether it was our page they say as well; the token has to be right all the same."""
    ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if ours and request.META.get("HTTP_ORIGIN") == "null":
        request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
