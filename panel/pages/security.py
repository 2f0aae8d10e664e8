"""`/panel/security`: how do I keep others out of this console?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from panel import auth, password
from panel.auth import entry, factor, sessions, totp
from panel.auth.pages import LOGIN
from panel.forms.security import BeginForm, BothForm, ConfirmForm, PasswordForm
from panel.pages import part, site
from panel.pages.door import admin_required
from panel.pages.entry import unreadable, wrong

PAGE = "/panel/security"


@require_safe
@admin_required
def shown(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@sensitive_post_parameters()
@sensitive_variables()
@admin_required
def begun(request: HttpRequest) -> HttpResponse:
    """The secret, for whoever knows the password: a browser left open must lock nobody out."""
    form, session, now = BeginForm(request.POST), auth.current(request), timezone.now()
    if factor.on() or session is None:
        return part.to(request, PAGE)
    if not form.is_valid():
        return _page(request, begin=form, status=422)
    try:
        entry.prove(request, form.cleaned_data["password"], now)
    except auth.Refused as refused:
        return _refused(request, "begin", form, refused)
    return _confirm(request, factor.propose(session, now), ConfirmForm())


@require_POST
@sensitive_post_parameters()
@sensitive_variables()
@admin_required
def confirmed(request: HttpRequest) -> HttpResponse:
    """A code has shown that the phone has the secret. Whoever came in without one has to leave."""
    form, session, now = ConfirmForm(request.POST), auth.current(request), timezone.now()
    sealed = request.POST.get("sealed", "")
    if session is None:
        return part.to(request, LOGIN)
    try:
        found = factor.proposal(sealed, session, now)
        if not form.is_valid():
            return _confirm(request, found, form, status=422)
        codes = entry.enrol(request, sealed, form.cleaned_data["code"], session, now)
    except auth.Late:
        messages.warning(request, _("That took too long, or was begun elsewhere. Begin again."))
        return part.to(request, PAGE)
    except auth.Refused as refused:
        form.add_error("code", wrong(refused))
        return _waiting(_confirm(request, found, form, status=_status(refused)), refused)
    response = _codes(request, codes, fresh=True)
    return _alone(request, response)


@require_POST
@sensitive_post_parameters()
@sensitive_variables()
@admin_required
def recoded(request: HttpRequest) -> HttpResponse:
    form = BothForm(request.POST, prefix="codes")
    if not form.is_valid():
        return _page(request, codes=form, status=422)
    said = form.cleaned_data
    try:
        codes = entry.recode(request, said["password"], said["code"], timezone.now())
    except auth.Refused as refused:
        return _refused(request, "codes", form, refused)
    except auth.Unreadable:
        form.add_error("code", unreadable())
        return _page(request, codes=form, status=503)
    return _codes(request, codes)


@require_POST
@sensitive_post_parameters()
@sensitive_variables()
@admin_required
def dropped(request: HttpRequest) -> HttpResponse:
    form = BothForm(request.POST, prefix="off")
    if not form.is_valid():
        return _page(request, off=form, status=422)
    said = form.cleaned_data
    try:
        entry.disable(request, said["password"], said["code"], timezone.now())
    except auth.Refused as refused:
        return _refused(request, "off", form, refused)
    except auth.Unreadable:
        form.add_error("code", unreadable())
        return _page(request, off=form, status=503)
    messages.success(request, _("The second factor is off. The password alone opens the console."))
    return part.to(request, PAGE)


@require_POST
@sensitive_post_parameters()
@sensitive_variables()
@admin_required
def changed(request: HttpRequest) -> HttpResponse:
    """Another password. This browser stays, all others have to log in with it."""
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _page(request, change=form, status=422)
    try:
        auth.change(request, form.cleaned_data["old"], form.cleaned_data["new"])
    except auth.Refused as refused:
        return _refused(request, "change", form, refused, field="old")
    except auth.Configured:
        return part.to(request, PAGE)
    messages.success(request, _("The password is changed. All other sessions are over."))
    response = part.to(request, PAGE)
    auth.keep(request, response, sessions.begin(password.generation(), timezone.now()))
    return response


@require_POST
@admin_required
def ended(request: HttpRequest) -> HttpResponse:
    """Out of every browser and script, this one too."""
    auth.everywhere(request)
    response = part.to(request, LOGIN)
    auth.logout(request, response)
    return response


def _page(request: HttpRequest, *, status: int = 200, **typed: forms.Form) -> HttpResponse:
    """`typed`: a form that was refused, in its place."""
    context: dict[str, Any] = {
        "since": factor.since(),
        "left": factor.left(),
        "few": factor.left() <= 3,
        "configured": bool(settings.POTLUCK.panel_password),
        "begin": BeginForm(),
        "codes": BothForm(prefix="codes"),
        "off": BothForm(prefix="off"),
        "change": PasswordForm(),
    }
    return part.page(request, "security/page.html", context | typed, status=status)


def _confirm(
    request: HttpRequest, found: factor.Proposal, form: ConfirmForm, *, status: int = 200
) -> HttpResponse:
    host = site.address(request).partition("://")[2]
    context = {
        "form": form,
        "sealed": found.sealed(),
        "secret": found.secret,
        "picture": _picture(totp.address(found.secret, host)),
    }
    return part.page(request, "security/confirm.html", context, status=status)


def _picture(text: str) -> SafeString:
    """A QR code, dark on light in any theme, since phones read nothing else."""
    svg = segno.make(text, error="m", micro=False).svg_inline(
        omitsize=True, light="white", svgclass="qr", lineclass=None, title=_("QR code")
    )
    return mark_safe(svg)  # noqa: S308 - made of numbers and our own words


def _codes(request: HttpRequest, codes: Sequence[str], *, fresh: bool = False) -> HttpResponse:
    """Never a redirect: they are nowhere but in this answer."""
    context = {"codes": codes, "text": "\n".join(codes), "fresh": fresh}
    return part.page(request, "security/codes.html", context, status=201)


def _alone(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Ends every other session; this browser gets a new one."""
    password.advance()
    auth.keep(request, response, sessions.begin(password.generation(), timezone.now()))
    return response


def _refused(
    request: HttpRequest, name: str, form: forms.Form, refused: auth.Refused, field: str = ""
) -> HttpResponse:
    field = field or ("code" if isinstance(refused, auth.WrongCode) else "password")
    form.add_error(field, wrong(refused))
    return _waiting(_page(request, status=_status(refused), **{name: form}), refused)


def _status(refused: auth.Refused) -> int:
    # Not 401: the session is good, and a script would lead to the login.
    return 422 if refused.retry_after is None else 429


def _waiting(response: HttpResponse, refused: auth.Refused) -> HttpResponse:
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(math.ceil(refused.retry_after))
    return response
