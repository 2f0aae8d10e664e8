"""`/panel/contributions/invites`: codes for people who may contribute."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from credentials.lending import invites
from credentials.lending.invites import MOST_CODES, MOST_DAYS, MOST_USES
from credentials.lending.rules import Openness
from panel import audit
from panel.pages import part, site
from panel.pages.door import admin_required

PAGE = "/panel/contributions/invites"


class CodesForm(forms.Form):
    count = forms.IntegerField(
        label=_("How many codes"), initial=1, min_value=1, max_value=MOST_CODES
    )
    uses = forms.IntegerField(
        label=_("Contributions for each"), initial=1, min_value=1, max_value=MOST_USES
    )
    days = forms.IntegerField(
        label=_("Good for so many days"), initial=14, min_value=1, max_value=MOST_DAYS
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For whom they are; only you see it."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
@sensitive_variables()
def listed(request: HttpRequest) -> HttpResponse:
    """A POST makes codes, and its answer alone shows them."""
    form = CodesForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    with transaction.atomic():
        given, now = form.cleaned_data, timezone.now()
        codes = invites.create(settings.POTLUCK_PEPPER, now=now, **given)
        audit.note(request, "invite.create", after=given)
    return _page(request, CodesForm(), codes=codes)


@require_POST
@admin_required
def dropped(request: HttpRequest, id: int) -> HttpResponse:
    with transaction.atomic():
        gone = invites.drop(id)
        if gone:
            audit.note(request, "invite.drop", f"invite {id}")
    if gone:
        messages.success(request, _("The code works no more."))
    return part.to(request, PAGE)


def _page(
    request: HttpRequest, form: CodesForm, *, codes: list[str] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "codes": codes or [],
        "invites": invites.live(timezone.now()),
        "link": f"{site.address(request)}/auth",
        "needed": settings.POTLUCK.contributions is Openness.INVITE,
    }
    return part.page(request, "contributions/invites.html", context, status=status)
