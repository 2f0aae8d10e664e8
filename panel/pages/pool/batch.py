"""`/panel/credentials/batch`: one action on all picked credentials."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from credentials import listing
from credentials.models import Credential
from panel import cargo, removing, tending
from panel.forms.credentials import CAPS, CapsForm
from panel.pages import part, undo
from panel.pages.door import admin_required
from panel.pages.pool.asking import ask
from panel.pages.pool.view import PAGE, View
from panel.pages.preferences import back
from panel.tending import ASKED, Action

MOST = 2_000
"""Credentials at once."""
_SHOWN = 100


@require_POST
@admin_required
def done(request: HttpRequest) -> HttpResponse:
    to = back(request.POST.get("next", PAGE))
    picked, action = _picked(request, to), request.POST.get("action", "")
    match action:
        case _ if not picked:
            messages.warning(request, _("Pick some credentials first."))
        case "enable" | "disable":
            _switch(request, picked, Action(action))
        case "pardon":
            _pardon(request, picked)
        case "test" | "refresh":
            return asked(request, picked, action, to)
        case "caps":
            return _caps(request, picked, to)
        case "delete":
            return _delete(request, picked, to)
        case "export":
            return cargo.several(request, [row.pk for row in picked])
        case _:
            messages.warning(request, _("Choose what to do with the picked credentials."))
    return part.to(request, to)


def _picked(request: HttpRequest, to: str) -> list[Credential]:
    """Those that are ticked, or all that the list's address means."""
    if request.POST.get("every"):
        wanted = View.read(QueryDict(urlsplit(to).query)).wanted
        ids = listing.ids(wanted, timezone.now(), calendar=tending.calendar())
    else:
        texts = request.POST.getlist("credential")
        ids = [int(each) for each in texts if each.isascii() and each.isdigit() and len(each) < 19]
    rows = Credential.objects.filter(pk__in=ids[:MOST], deleted_at=None).order_by("-pk")
    return list(rows.only("label", "provider", "enabled", *CAPS))


def _switch(request: HttpRequest, picked: Sequence[Credential], action: Action) -> None:
    on = action is Action.ENABLE
    ids = [row.pk for row in picked if row.enabled is not on]
    tending.act(request, action, ids)
    if on:
        text = ngettext(
            "%(count)d credential is on again.", "%(count)d credentials are on again.", len(ids)
        )
    else:
        text = ngettext(
            "%(count)d credential is off now.", "%(count)d credentials are off now.", len(ids)
        )
    fields = {"action": "disable" if on else "enable", "credential": [str(id) for id in ids]}
    undo.offer(request, text % {"count": len(ids)}, f"{PAGE}/batch", fields)


def _pardon(request: HttpRequest, picked: Sequence[Credential]) -> None:
    tending.act(request, Action.PARDON, [row.pk for row in picked])
    text = ngettext(
        "%(count)d credential is pardoned.", "%(count)d credentials are pardoned.", len(picked)
    )
    messages.success(request, text % {"count": len(picked)})


def asked(request: HttpRequest, picked: Sequence[Credential], verb: str, to: str) -> HttpResponse:
    """A page whose lines ask one after the other; without scripts all are asked at once."""
    some = picked[:ASKED]
    now = bool(request.POST.get("now"))
    answers = ask(request, verb, [row.pk for row in some]) if now else []
    known = {each.id: each for each in answers}
    context = {
        "asked": [{"row": row, "answer": known.get(row.pk)} for row in some],
        "verb": verb,
        "left": len(picked) - len(some),
        "most": ASKED,
        "next": to,
        "now": now,
    }
    return part.page(request, "credentials/asking.html", context)


def _caps(request: HttpRequest, picked: Sequence[Credential], to: str) -> HttpResponse:
    form = CapsForm(request.POST if "set" in request.POST else None)
    if form.is_bound and form.is_valid() and not form.caps:
        form.add_error(None, _("Fill in at least one of them."))
    if not form.is_valid():
        context = {"form": form, **_shown(picked, to)}
        return part.page(request, "credentials/caps.html", context, status=_status(form.is_bound))
    before = {tuple(getattr(row, name) for name in form.caps) for row in picked}
    ids = [row.pk for row in picked]
    tending.limit(request, ids, form.caps)
    text = ngettext(
        "%(count)d credential has these caps now.",
        "%(count)d credentials have these caps now.",
        len(ids),
    ) % {"count": len(ids)}
    if len(before) == 1:
        old = dict(zip(form.caps, map(str, before.pop()), strict=True))
        ways: dict[str, str | list[str]] = {
            "action": "caps",
            "set": "1",
            "credential": [str(id) for id in ids],
            **old,
        }
        undo.offer(request, text, f"{PAGE}/batch", ways)
    else:
        messages.success(request, text)
    return part.to(request, to)


def _delete(request: HttpRequest, picked: Sequence[Credential], to: str) -> HttpResponse:
    """Cannot be undone: the number of them is typed first."""
    typed = request.POST.get("number", "").strip()
    if typed == str(len(picked)):
        removing.delete(request, [row.pk for row in picked])
        text = ngettext(
            "%(count)d credential was deleted.", "%(count)d credentials were deleted.", len(picked)
        )
        messages.success(request, text % {"count": len(picked)})
        return part.to(request, to)
    context = {"wrong": bool(typed), **_shown(picked, to)}
    return part.page(request, "credentials/bulk.html", context, status=_status(bool(typed)))


def _shown(picked: Sequence[Credential], to: str) -> dict[str, object]:
    """All of them go along, the first are shown."""
    return {
        "rows": picked[:_SHOWN],
        "rest": picked[_SHOWN:],
        "count": len(picked),
        "next": to,
    }


def _status(refused: bool) -> int:
    return 422 if refused else 200
