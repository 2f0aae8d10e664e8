"""How large a body the console takes, and from whom: asked before it is read.

Django takes in a whole body before any view asks whose it is. Whatever is larger than a form is
therefore only read from the administrator, and only where the administrator alone may send it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve

from panel.api import errors
from panel.auth import pages
from panel.auth.rest import AdminAuthentication

FORM = 64 * 2**10
"""Bytes of a body from anybody."""
BODY = 4 * 2**20
"""Bytes of a body from the administrator."""
CARGO = 12 * 2**20
"""Bytes of a body with files of credentials."""

_CARGO = frozenset({"/auth/upload", "/creds/upload", "/panel/credentials/upload"})


class Verdict(NamedTuple):
    """Bytes that may come; `refusal` is what a larger body gets that has no right to be here."""

    limit: int
    refusal: HttpResponse | None = None


def ask(request: HttpRequest) -> Verdict:
    """Of a request whose body is larger than FORM and was not read. To be called from a thread:
    it asks the database, and perhaps looks at a password."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return Verdict(FORM)
    try:
        return _judged(request, view)
    finally:
        # Where it ends here, no signal of Django's does it.
        close_old_connections()


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    size = f"{limit >> 20} MiB" if limit >= 2**20 else f"{limit >> 10} KiB"
    message = f"The request body is larger than what may be sent here ({size})."
    if errors.ours(request):
        body = {"error": {"code": "request_too_large", "message": message}}
        return JsonResponse(body, status=413)
    return HttpResponse(f"{message}\n", status=413, content_type="text/plain; charset=utf-8")


def _judged(request: HttpRequest, view: Any) -> Verdict:
    api = getattr(view, "cls", None)
    if api is not None and AdminAuthentication in api.authentication_classes:
        refusal = api().barred(request)
    elif hasattr(view, pages.MARK):
        refusal = pages.barred(request)
    else:
        return Verdict(FORM)
    if refusal is not None:
        return Verdict(FORM, refusal)
    return Verdict(CARGO if request.path_info in _CARGO else BODY)
