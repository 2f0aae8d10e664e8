"""`/panel/credentials/<id>`: everything about one credential, and what is done to it at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from credentials import export, listing, sealing
from credentials.lending import receipts
from credentials.lending.receipts import Receipt
from credentials.listing import State
from credentials.models import Contribution, Credential
from credentials.overview import Detail
from credentials.vault import VaultError
from panel import cargo, tending
from panel.charts import Stack, stack
from panel.pages import layout, part, undo
from panel.pages.door import admin_required
from panel.pages.lend import words as lend
from panel.pages.pool import words
from panel.pages.pool.asking import VERBS, Answer, ask
from panel.pages.pool.rows import Line, failure, line
from panel.pages.pool.view import PAGE
from panel.pages.pool.words import Reason
from panel.tending import Action


def get(id: int) -> Detail:
    if id < 2**63:
        try:
            return listing.detail(tending.vault(), id, timezone.now(), calendar=tending.calendar())
        except Credential.DoesNotExist:
            pass
    raise Http404


@require_safe
@admin_required
def shown(request: HttpRequest, id: int) -> HttpResponse:
    return _page(request, get(id))


@require_POST
@admin_required
def acted(request: HttpRequest, id: int, verb: str) -> HttpResponse:
    """What asks a provider answers with a part of the page, or with the page and it."""
    found = get(id)
    if verb in VERBS:
        (answer,) = ask(request, verb, [id])
        if request.headers.get("HX-Request") == "true":
            return part.page(request, "credentials/answer.html", {"answer": answer})
        return _page(request, get(id), answer)
    if verb == "download":
        return _download(request, id)
    return _switch(request, found, verb)


def _switch(request: HttpRequest, found: Detail, verb: str) -> HttpResponse:
    texts = {
        Action.ENABLE: _("It is switched on: it is lent again from the next call on."),
        Action.DISABLE: _("It is switched off: no call goes out with it."),
        Action.PARDON: _("All is forgotten that was held against it."),
    }
    action = next((each for each in texts if each == verb), None)
    if action is None:
        raise Http404
    tending.act(request, action, [found.id])
    address = f"{PAGE}/{found.id}"
    if action is Action.PARDON or found.enabled is (action is Action.ENABLE):
        messages.success(request, texts[action])
    else:
        back = Action.DISABLE if action is Action.ENABLE else Action.ENABLE
        undo.offer(request, texts[action], f"{address}/{back}", {})
    return part.to(request, address)


def _download(request: HttpRequest, id: int) -> HttpResponse:
    try:
        return cargo.one(request, id)
    except export.Lent:
        text = _("It was contributed: its owner may take it back, so nobody gets it as a file.")
    except (VaultError, ValueError):
        text = _("Its secret cannot be opened with the present keys.")
    messages.error(request, text)
    return part.to(request, f"{PAGE}/{id}")


def _page(request: HttpRequest, found: Detail, answer: Answer | None = None) -> HttpResponse:
    template = (
        "credentials/body.html"
        if part.wants(request, "credential")
        else "credentials/credential.html"
    )
    return part.page(request, template, {**context(found), "answer": answer})


def context(found: Detail) -> dict[str, Any]:
    now, lent = timezone.now(), _lent(found)
    row = line(found, now, lent.state.value if lent else "")
    return {
        "row": row,
        "all": found,
        "why": _why(found, row),
        "parked": _parked(found),
        "errors": [failure(each) for each in found.errors],
        "lent": lent,
        "lent_word": lend.state(lent.state) if lent else "",
        "chart": _chart(lent) if lent else None,
        "account": found.kind in {kind.value for kind in sealing.ACCOUNTS},
        "units": " ".join(words.units()),
        "places": layout.places(),
    }


def _lent(found: Detail) -> Receipt | None:
    if found.contribution is None:
        return None
    row = Contribution.objects.select_related("credential").get(pk=found.contribution)
    return receipts.of(row, timezone.now(), tending.calendar())


def _why(found: Detail, row: Line) -> Reason | None:
    """The state in a sentence, and what to do about it."""
    match found.state:
        case State.OFF if found.withdrawn:
            return Reason(
                _("What brought it does not name it any more."),
                _("Name it there again, or switch it on by hand."),
            )
        case State.OFF:
            return Reason(_("It is switched off: no call goes out with it."), "")
        case State.HELD:
            return Reason(
                _("Its contribution is not lent at this moment."),
                _(
                    "In quarantine it waits for your decision; what its lender has paused, only "
                    "its lender resumes."
                ),
            )
        case State.HEALTHY:
            return None
        case _:
            return row.reason


def _parked(found: Detail) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "model": each.model,
            "until": each.until,
            "left": words.until(each.until, now) if each.until else "",
            "reason": words.explain(each.reason),
        }
        for each in found.parked
    ]


def _chart(lent: Receipt) -> Stack:
    """Calls per day; nobody counts them for a credential that was not contributed."""
    labels = [date_format(each.day, "MONTH_DAY_FORMAT") for each in lent.days]
    series = {
        _("answered"): [min(each.served, each.calls) for each in lent.days],
        _("failed"): [max(each.calls - each.served, 0) for each in lent.days],
    }
    return stack(labels, {name: line for name, line in series.items() if any(line)}, "")
