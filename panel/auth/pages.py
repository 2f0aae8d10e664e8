"""The door of pages: who is not logged in is sent to the login, and back afterwards."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import SplitResult, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from panel.auth import cookie, entry, visitor
from panel.auth.tokens import Session

LOGIN = "/login"
HOME = "/panel"
MARK = "administrator_only"
"""An attribute of every view that is guarded here."""

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def current(request: HttpRequest) -> Session | None:
    """The session of the browser's cookie, None for a visitor who is not logged in."""
    return cookie.find(request, timezone.now())


def admin_required(view: Page[P]) -> Page[P]:
    """The page is for the administrator. Its cookie is renewed when half of its time is over."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        session = current(request)
        if session is None:
            return _away(request)
        visitor.enter(request)
        response = view(request, *args, **kwargs)
        cookie.renew(request, response, session, timezone.now())
        return response

    # Whatever is put around it copies the mark.
    vars(guarded)[MARK] = True
    return guarded


def barred(request: HttpRequest) -> HttpResponse | None:
    """The way to the login; None for the administrator."""
    return _away(request) if current(request) is None else None


def logout(request: HttpRequest, response: HttpResponseBase) -> None:
    """Ends the session of the browser, if it has one, in every tab and process."""
    session = current(request)
    if session is not None:
        entry.end(request, session, timezone.now())
    cookie.drop(response)


def destination(address: str) -> str:
    """Where to go after the login: a path of this site; anything else is the console."""
    inside = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if inside and address.startswith("/") else HOME


def _away(request: HttpRequest) -> HttpResponse:
    if "HX-Request" in request.headers:
        # A redirect would be followed by the script, and the login shown in a part of the page.
        target = _login(_path(urlsplit(request.headers.get("HX-Current-URL", ""))))
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    reading = request.method in ("GET", "HEAD")
    return HttpResponseRedirect(_login(request.get_full_path() if reading else _form(request)))


def _form(request: HttpRequest) -> str:
    """The page whose form was sent; "" if the browser does not say, or it is none of ours."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    return _path(page) if page.netloc == request.get_host() else ""


def _path(address: SplitResult) -> str:
    return f"{address.path}?{address.query}" if address.query else address.path


def _login(path: str) -> str:
    return f"{LOGIN}?{urlencode({'next': destination(path)})}" if path else LOGIN
