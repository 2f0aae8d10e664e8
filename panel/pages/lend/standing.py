"""Is my account treated well? A receipt as a person reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credentials import health
from credentials.lending.receipts import Receipt, Today
from credentials.lending.states import ALIVE, Paid, Revocation, State
from keys.models import ApiKey
from panel import charts
from panel.charts import Stack
from panel.pages.lend import words
from panel.templatetags.potluck import units


@dataclass(frozen=True, slots=True)
class Standing:
    """`shape` is also its class; `until` when that ends, None if nobody knows."""

    shape: str
    word: str
    sentence: str
    until: datetime | None = None


def judge(found: Receipt) -> Standing:
    match found.state:
        case State.TESTING:
            return _of(found, _("Nobody is served with it until a test call has worked."))
        case State.QUARANTINED:
            return _of(found, _("It works. It is used once the administrator has approved it."))
        case State.PAUSED:
            return _of(found, _("You have paused it: nobody is served with it."))
        case State.WITHDRAWN:
            return _of(found, _("You have taken it back. What was stored here is deleted."))
        case State.REJECTED:
            return _of(found, _("It is not used, and what was stored here is deleted."))
        case State.LENDING:
            return _lending(found)


def _lending(found: Receipt) -> Standing:
    if found.off:
        text = _("The administrator has switched it off: nobody is served with it.")
        return Standing("off", _("switched off"), text)
    match found.condition.state:
        case health.State.BANNED:
            text = _("The provider keeps refusing it, so it is not used. Look at it there.")
            return Standing("banned", _("banned"), text)
        case health.State.COOLING:
            text = _("It rests, because the provider asked for it.")
            return Standing("cooling", _("cooling"), text, found.condition.until)
        case health.State.HEALTHY:
            return Standing("healthy", _("well"), _("It works, and calls are served with it."))


def _of(found: Receipt, sentence: str) -> Standing:
    return Standing(words.shape(found.state), words.state(found.state), sentence)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the template shows beside the receipt itself."""

    standing: Standing
    alive: bool
    title: str
    meter: str
    chart: Stack
    calls: int
    problem: str
    promise: str
    key: str
    revoked: bool
    undone: str


def sheet(found: Receipt) -> Sheet:
    answered = tuple(day.served for day in found.days)
    failed = tuple(max(day.calls - day.served, 0) for day in found.days)
    labels = [date_format(day.day, "MONTH_DAY_FORMAT") for day in found.days]
    # Not by size: what was answered is always the first, in the same colour.
    columns = tuple(map(charts.Column, labels, zip(answered, failed, strict=True)))
    some = any(failed)
    names = (_("answered"), _("failed")) if some else (_("answered"),)
    if not some:
        columns = tuple(charts.Column(each.label, each.values[:1]) for each in columns)
    return Sheet(
        standing=judge(found),
        alive=found.state in ALIVE,
        title=f"{found.provider} · {words.kind(found.kind)}",
        meter=_meter(found.today),
        chart=Stack(names, columns),
        calls=sum(answered),
        problem=words.problem(found.problem) if found.problem else "",
        promise=_promise(found),
        key=_key(found.earned.key_id),
        revoked=found.undone.state is Revocation.DONE,
        undone=_undone(found),
    )


def _meter(today: Today) -> str:
    """Nothing to fill where there is no cap."""
    if not today.cap:
        return ""
    text = _("%(used)s of %(cap)s calls today") % {
        "used": units(today.calls),
        "cap": units(today.cap),
    }
    return charts.progress(today.calls, today.cap, text)


def _promise(found: Receipt) -> str:
    match found.earned.paid:
        case Paid.NONE:
            return ""
        case Paid.DAY:
            return _("%(units)s units for each day on which it is well") % {
                "units": units(found.earned.units)
            }
        case Paid.CALL:
            return _("%(units)s units for each call that is served") % {
                "units": units(found.earned.units)
            }


def _key(key_id: int | None) -> str:
    """As its owner knows it; "" for none, or one that is gone."""
    row = ApiKey.objects.filter(pk=key_id, deleted=False).first() if key_id else None
    return row.masked if row is not None else ""


def _undone(found: Receipt) -> str:
    """Why the access is still there at the provider, "" if it is not."""
    match found.undone.state:
        case Revocation.NONE | Revocation.DONE:
            return ""
        case Revocation.BY_HAND:
            return _("Only you can make it void: delete it where you made it.")
        case Revocation.PENDING | Revocation.FAILED:
            return words.undone(found.undone.words)
