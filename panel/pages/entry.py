"""`/login`, `/login/code` and `/logout`; and what is said to a form that nobody may believe."""

from __future__ import annotations

import logging
import math
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from panel import auth
from panel.auth import half, origin
from panel.auth.pages import LOGIN
from panel.forms.entry import CodeForm, LoginForm
from panel.pages import part

log = logging.getLogger("potluck.panel")

_CODE = f"{LOGIN}/code"
_PASSWORD_PAGE, _CODE_PAGE = "entry/login.html", "entry/code.html"


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
    except auth.CodeWanted as wanted:
        return _halfway(request, target, wanted)
    response = part.to(request, target)
    auth.keep(request, response, ticket)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def code(request: HttpRequest) -> HttpResponse:
    """Only for who has just written the right password; everybody else begins there."""
    if half.find(request, timezone.now()) is None:
        return HttpResponseRedirect(LOGIN)
    if request.method != "POST":
        return _ask(request, auth.destination(request.GET.get("next", "")), page=_CODE_PAGE)
    target = auth.destination(request.POST.get("next", ""))
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask(request, target, page=_CODE_PAGE, wrong=_("Write the code."), status=422)
    try:
        ticket = auth.finish(request, form.cleaned_data["code"])
    except auth.Late:
        return HttpResponseRedirect(LOGIN)
    except auth.Refused as refused:
        return _refused(request, target, refused)
    except auth.Unreadable:
        return _ask(request, target, page=_CODE_PAGE, wrong=unreadable(), status=503)
    response = part.to(request, target)
    auth.keep(request, response, ticket)
    half.drop(response)
    return response


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    response = part.to(request, LOGIN)
    auth.logout(request, response)
    return response


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF check said no. A proxy that was set up wrongly makes it refuse every form, and
    whoever did that is most likely the one who looks."""
    peer = request.META.get("REMOTE_ADDR", "")
    why = "proxy" if origin.veiled(request) else "host" if origin.renamed(request) else ""
    if why == "proxy":
        log.warning("a form was refused, it came by way of %s. %s", peer, origin.PROXY)
    return render(request, "403_csrf.html", {"why": why}, status=403)


def patience(seconds: float) -> str:
    """How long one has to wait, in words."""
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


def wrong(refused: auth.Refused) -> str:
    """What to say of something wrong that was typed, or of a wait."""
    if refused.retry_after is not None:
        return patience(refused.retry_after)
    if isinstance(refused, auth.WrongCode):
        return _("That is not the code, or it was used already. Wait for the next one.")
    return _("That is not the password.")


def unreadable() -> str:
    return _(
        "The second factor cannot be read: the vault's key has changed. Put the key back, or run "
        "python manage.py dropfactor on the server."
    )


def _halfway(request: HttpRequest, target: str, wanted: auth.CodeWanted) -> HttpResponse:
    response = part.to(request, f"{_CODE}?{urlencode({'next': target})}")
    half.keep(request, response, wanted.generation or 0, timezone.now())
    return response


def _refused(request: HttpRequest, target: str, refused: auth.Refused) -> HttpResponse:
    page = _CODE_PAGE if request.path == _CODE else _PASSWORD_PAGE
    if refused.retry_after is None:
        return _ask(request, target, page=page, wrong=wrong(refused), status=401)
    response = _ask(request, target, page=page, locked=wrong(refused), status=429)
    response.headers["Retry-After"] = str(math.ceil(refused.retry_after))
    return response


def _ask(
    request: HttpRequest,
    target: str,
    *,
    page: str = _PASSWORD_PAGE,
    wrong: str = "",
    locked: str = "",
    status: int = 200,
) -> HttpResponse:
    form = CodeForm() if page == _CODE_PAGE else LoginForm()
    context = {"form": form, "next": target, "wrong": wrong, "locked": locked}
    return part.page(request, page, context, status=status, frame="plain.html")
