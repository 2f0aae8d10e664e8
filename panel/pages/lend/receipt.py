"""`/auth/receipt/<token>`: is my account treated well? And back with it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from credentials.lending import receipts, services
from credentials.lending.receipts import Receipt
from credentials.lending.states import State, WrongState
from credentials.lending.terms import current
from credentials.models import Contribution
from panel import audit, tending
from panel.pages import part, site
from panel.pages.door import paced
from panel.pages.lend import ending, giving, standing, words
from panel.pages.lend.form import CapForm, KeyForm
from panel.pages.lend.private import private

FRAME = "plain.html"


@private
@require_http_methods(["GET", "HEAD"])
@sensitive_variables()
def shown(request: HttpRequest, token: str) -> HttpResponse:
    row = receipts.find(token, settings.POTLUCK_PEPPER)
    return _unknown(request) if row is None else _page(request, token, row)


@private
@require_http_methods(["POST"])
@sensitive_post_parameters()
@sensitive_variables()
@paced
def changed(request: HttpRequest, token: str) -> HttpResponse:
    """`action`: pause, resume, test, cap or key."""
    row = receipts.find(token, settings.POTLUCK_PEPPER)
    if row is None:
        return _unknown(request)
    try:
        match request.POST.get("action"):
            case "pause":
                with transaction.atomic():
                    _noted(request, services.pause(row.pk, now=timezone.now()), "pause")
                messages.success(request, _("Paused: nobody is served with it."))
            case "resume":
                with transaction.atomic():
                    _noted(request, services.resume(row.pk, now=timezone.now()), "resume")
                messages.success(request, _("It is lent again."))
            case "test":
                giving.test(request, row)
            case "cap":
                return _capped(request, token, row)
            case "key":
                return _keyed(request, token, row)
    except WrongState as error:
        messages.warning(request, words.wrong(error))
    return part.to(request, giving.receipt(token))


@private
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
@paced
def withdrawn(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once more, because it cannot be undone."""
    row = receipts.find(token, settings.POTLUCK_PEPPER)
    if row is None:
        return _unknown(request)
    if request.method != "POST":
        context = {"receipt": _receipt(row), "path": giving.receipt(token)}
        return part.page(request, "lend/withdraw.html", context, frame=FRAME)
    try:
        ending.withdraw(request, row.pk)
    except WrongState as error:
        messages.warning(request, words.wrong(error))
    return part.to(request, giving.receipt(token))


def _capped(request: HttpRequest, token: str, row: Contribution) -> HttpResponse:
    form = CapForm(request.POST)
    if not form.is_valid():
        return _page(request, token, row, cap=form, status=422)
    calls = form.cleaned_data["day_cap"] or 0
    before = row.credential.lender_cap
    with transaction.atomic():
        _noted(request, services.cap(row.pk, calls), "cap", before, calls)
    messages.success(request, _("Saved."))
    return part.to(request, giving.receipt(token))


def _keyed(request: HttpRequest, token: str, row: Contribution) -> HttpResponse:
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, token, row, key=form, status=422)
    key = form.cleaned_data["reward_key"]
    after = key.pk if key else None
    with transaction.atomic():
        _noted(request, services.reward(row.pk, after), "reward", row.reward_key_id, after)
    messages.success(request, _("Saved."))
    return part.to(request, giving.receipt(token))


def _noted(
    request: HttpRequest, row: Contribution, verb: str, before: object = None, after: object = None
) -> None:
    """`before` and `after` are those of what the verb is about."""
    old, new = ({verb: before}, {verb: after}) if before != after else ({}, {})
    by = f"contributor {row.pk}"
    audit.note(request, f"contribution.{verb}", str(row), before=old, after=new, by=by)


def _receipt(row: Contribution) -> Receipt:
    return receipts.of(row, timezone.now(), tending.calendar())


def _page(
    request: HttpRequest,
    token: str,
    row: Contribution,
    *,
    cap: Form | None = None,
    key: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    found, path = _receipt(row), giving.receipt(token)
    context = {
        "receipt": found,
        "sheet": standing.sheet(found),
        "path": path,
        "link": f"{site.address(request)}{path}",
        "fresh": "new" in request.GET and found.state is not State.REJECTED,
        "label": current(found.kind).texts[giving.language()].label,
        "shape": words.SHAPES[found.risk],
        "cap": cap or CapForm(initial={"day_cap": found.today.own_cap or None}),
        "key": key or KeyForm(),
    }
    return part.page(request, "lend/receipt.html", context, status=status, frame=FRAME)


def _unknown(request: HttpRequest) -> HttpResponse:
    return part.page(request, "lend/unknown.html", {}, status=404, frame=FRAME)
