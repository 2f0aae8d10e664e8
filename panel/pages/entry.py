"""`/login` and `/logout`."""

from __future__ import annotations

import math

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from panel import auth
from panel.forms.entry import LoginForm
from panel.pages import part


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def login(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        target = auth.destination(request.GET.get("next", ""))
        return part.to(request, target) if auth.current(request) else _ask(request, target)
    target = auth.destination(request.POST.get("next", ""))
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _ask(request, target, wrong=_("Write the panel password."), status=422)
    try:
        ticket = auth.login(request, form.cleaned_data["password"])
    except auth.Refused as refused:
        return _refused(request, target, refused)
    response = part.to(request, target)
    auth.keep(request, response, ticket)
    return response


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    response = part.to(request, "/login")
    auth.logout(request, response)
    return response


def _refused(request: HttpRequest, target: str, refused: auth.Refused) -> HttpResponse:
    if refused.retry_after is None:
        return _ask(request, target, wrong=_("That is not the password."), status=401)
    response = _ask(request, target, locked=_patience(refused.retry_after), status=429)
    response.headers["Retry-After"] = str(math.ceil(refused.retry_after))
    return response


def _patience(seconds: float) -> str:
    if seconds < 90:
        count = max(math.ceil(seconds), 1)
        text = ngettext(
            "Too many attempts. Try again in %(count)d second.",
            "Too many attempts. Try again in %(count)d seconds.",
            count,
        )
    else:
        count = math.ceil(seconds / 60)
        text = ngettext(
            "Too many attempts. Try again in %(count)d minute.",
            "Too many attempts. Try again in %(count)d minutes.",
            count,
        )
    return text % {"count": count}


def _ask(
    request: HttpRequest, target: str, *, wrong: str = "", locked: str = "", status: int = 200
) -> HttpResponse:
    context = {"form": LoginForm(), "next": target, "wrong": wrong, "locked": locked}
    return part.page(request, "entry/login.html", context, status=status, frame="plain.html")
