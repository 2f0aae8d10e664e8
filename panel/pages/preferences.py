"""Language and theme: two cookies that the foot of every page sets."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from panel.pages import layout, site

_YEAR = 365 * 24 * 3600


@csrf_exempt  # Nobody is harmed by a page in another colour, and error pages have this form too.
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(back(request.POST.get("next", "")))
    language = request.POST.get("language", "")
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        _keep(request, response, settings.LANGUAGE_COOKIE_NAME, language)
    theme = request.POST.get("theme", "")
    if theme in layout.THEMES:
        _keep(request, response, layout.THEME_COOKIE, theme)
    elif theme:
        response.delete_cookie(layout.THEME_COOKIE, samesite="Lax")
    return response


def back(address: str) -> str:
    """A path of this site; anything else leads to the first page."""
    inside = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if inside and address.startswith("/") else "/"


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=_YEAR,
        secure=site.secure(request),
        httponly=True,
        samesite="Lax",
    )
