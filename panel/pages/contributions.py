"""`/panel/contributions`: what people lend, and whether the administrator wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credentials import services as credentials
from credentials.kinds import Kind
from credentials.lending import listing, services
from credentials.lending.rules import Openness
from credentials.lending.states import ALIVE, State, WrongState
from credentials.lending.wording import Risk
from credentials.models import Contribution, Credential, ServedDay
from panel import audit
from panel.pages import layout, part, site, undo
from panel.pages.door import admin_required
from panel.pages.lend import ending, words
from panel.pages.preferences import back

PAGE = "/panel/contributions"
_SIZE = 50
_LONGEST = 300
_TABS = (
    State.QUARANTINED,
    State.LENDING,
    State.PAUSED,
    State.WITHDRAWN,
    State.REJECTED,
    State.TESTING,
)


@dataclass(frozen=True, slots=True)
class Tab:
    href: str
    label: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`label` is the account's or the letters of a key that are shown; `said` what the last test,
    or the administrator, said; `served` counts calls that were answered."""

    id: int
    state: State
    shape: str
    word: str
    kind: str
    provider: str
    label: str
    risk: str
    risk_word: str
    name: str
    contact: str
    said: str
    since: datetime
    created_at: datetime
    served: int
    on: bool
    alive: bool


@require_safe
@admin_required
def listed(request: HttpRequest) -> HttpResponse:
    """`?state=` one of the states; `?after=` an id, of a page's end."""
    state = _state(request.GET.get("state", ""))
    counts = listing.counts()
    if state is State.QUARANTINED:
        rows, further = listing.pending(), None
    else:
        rows, further = listing.page(state, _number(request.GET.get("after")), _SIZE)
    context = {
        "tabs": [_tab(each, counts, state) for each in _TABS if counts[each] or each in _TABS[:5]],
        "state": state,
        "rows": _rows(rows, timezone.now()),
        "more": counts[state] > len(rows) and state is State.QUARANTINED,
        "further": _address(state, further) if further else "",
        "first": _address(state) if "after" in request.GET else "",
        "total": sum(counts.values()),
        "open": settings.POTLUCK.contributions,
        "closed": settings.POTLUCK.contributions is Openness.OFF,
        "moderated": settings.POTLUCK.contribution_moderation,
        "settings": layout.address("settings"),
        "link": f"{site.address(request)}/auth",
    }
    return part.page(request, "contributions/list.html", context)


@require_POST
@admin_required
def approved(request: HttpRequest, id: int) -> HttpResponse:
    row = _get(id)
    try:
        with transaction.atomic():
            services.approve(id, by="administrator", now=timezone.now())
            audit.note(request, "contribution.approve", str(row))
        messages.success(request, _("Approved: calls are served with it now."))
    except WrongState as error:
        messages.warning(request, words.wrong(error))
    return part.to(request, _next(request))


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def rejected(request: HttpRequest, id: int) -> HttpResponse:
    """Cannot be undone: the secret is deleted. The lender reads the reason."""
    row = _get(id)
    if request.method != "POST":
        context = {"row": _row(row, 0, timezone.now()), "next": back(request.GET.get("next", PAGE))}
        return part.page(request, "contributions/reject.html", context)
    try:
        # PostgreSQL takes no NUL in a text.
        reason = request.POST.get("reason", "").replace("\0", "")[:_LONGEST]
        ending.reject(request, id, reason)
        messages.success(request, _("Refused, and its secret is deleted."))
    except WrongState as error:
        messages.warning(request, words.wrong(error))
    return part.to(request, _next(request))


@require_POST
@admin_required
def switched(request: HttpRequest, id: int) -> HttpResponse:
    """Off for a while, or on again. Its lender sees it, and cannot overrule it."""
    row, on = _get(id), request.POST.get("on") == "true"
    if State(row.state) not in ALIVE or State(row.state) in (State.TESTING, State.QUARANTINED):
        messages.warning(request, _("Only what was approved can be switched on and off."))
        return part.to(request, _next(request))
    with transaction.atomic():
        (credentials.enable if on else credentials.disable)([row.credential_id])
        verb = "resume" if on else "pause"
        audit.note(
            request, f"contribution.{verb}", str(row), before={"on": not on}, after={"on": on}
        )
    text = _("It is used again.") if on else _("Paused: nobody is served with it.")
    fields = {"on": "false" if on else "true", "next": _next(request)}
    undo.offer(request, text, f"{PAGE}/{id}/switch", fields)
    return part.to(request, _next(request))


def _get(id: int) -> Contribution:
    rows = Contribution.objects.select_related("credential")
    found = rows.filter(pk=id).defer("digest", "credential__sealed").first()
    if found is None:
        raise Http404
    return found


def _state(text: str) -> State:
    return State(text) if text in set(State) else State.QUARANTINED


def _tab(of: State, counts: dict[State, int], current: State) -> Tab:
    return Tab(_address(of), words.state(of), counts[of], of is current)


def _address(state: State, after: int | None = None) -> str:
    query = {"state": state.value} | ({"after": str(after)} if after else {})
    return f"{PAGE}?{urlencode(query)}"


def _next(request: HttpRequest) -> str:
    return back(request.POST.get("next", PAGE))


def _rows(rows: Sequence[Contribution], now: datetime) -> list[Row]:
    days = ServedDay.objects.filter(credential_id__in=[row.credential_id for row in rows])
    sums = days.values_list("credential_id").annotate(total=Sum("served"))
    served = {id: max(total, 0) for id, total in sums}
    return [_row(row, served.get(row.credential_id, 0), now) for row in rows]


def _row(row: Contribution, served: int, now: datetime) -> Row:
    state, credential = State(row.state), row.credential
    risk, ended = Risk(row.risk), state not in ALIVE
    shape, word = _condition(state, credential, now)
    return Row(
        id=row.pk,
        state=state,
        shape=shape,
        word=word,
        kind=words.kind(Kind(credential.kind)),
        provider=credential.provider,
        label="" if ended else credential.label,
        risk=words.SHAPES[risk],
        risk_word=words.risk(risk),
        name=row.name,
        contact=row.contact,
        said=row.reason,
        since=row.since,
        created_at=row.created_at,
        served=served,
        on=credential.enabled,
        alive=not ended and credential.deleted_at is None,
    )


def _condition(state: State, credential: Credential, now: datetime) -> tuple[str, str]:
    """Of one that is lent, how it is."""
    if credential.deleted_at is not None and state in ALIVE:
        return "off", _("removed")
    if state is not State.LENDING:
        return words.shape(state), words.state(state)
    if not credential.enabled:
        return "off", _("switched off")
    if credential.banned:
        return "banned", _("banned")
    if credential.cooling_until is not None and credential.cooling_until > now:
        return "cooling", _("cooling")
    return "healthy", _("well")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
