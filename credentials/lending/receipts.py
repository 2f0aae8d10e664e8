"""What a lender sees: is it treated well, what did it do, and what became of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from credentials import health, store, usage
from credentials.caps import Calendar
from credentials.history import Mishap
from credentials.kinds import Kind
from credentials.lending import byhand, earnings, tickets
from credentials.lending.states import ALIVE, Paid, Revocation, State
from credentials.lending.wording import Language, Risk
from credentials.models import Contribution, ServedDay

DAYS = 30


class Day(msgspec.Struct, frozen=True):
    """Calls that were sent, and those of them that were answered."""

    day: date
    calls: int = 0
    served: int = 0


class Condition(msgspec.Struct, frozen=True):
    """How the credential is. `until` of one that is COOLING; `reason` in the upstream's terms."""

    state: health.State
    until: datetime | None = None
    reason: str = ""


class Today(msgspec.Struct, frozen=True):
    """`own_cap` is the lender's, `cap` what holds, the operator's considered; 0: no cap."""

    calls: int
    own_cap: int
    cap: int
    reset_at: datetime


class Earned(msgspec.Struct, frozen=True):
    """`units` are promised for each of what is `paid`, `granted` is what came so far.

    `key_id` None: no key was named to get it.
    """

    paid: Paid
    units: int
    key_id: int | None
    granted: int


class Consented(msgspec.Struct, frozen=True):
    version: str
    digest: str
    language: Language
    at: datetime


class Undone(msgspec.Struct, frozen=True):
    """The access at the provider after the end; `link` is where its owner ends it by hand."""

    state: Revocation
    words: str
    link: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is for the verbs of `lending.services`. `since` is when the state began.

    `off`: the operator has switched it off, or never switched it on. `days` are the last thirty,
    the oldest first. None of it is secret, but the account's name is a person's.
    """

    id: int
    credential_id: int
    state: State
    since: datetime
    created_at: datetime
    reason: str
    kind: Kind
    provider: str
    label: str
    risk: Risk
    off: bool
    condition: Condition
    today: Today
    days: tuple[Day, ...]
    problem: Mishap | None
    earned: Earned
    consent: Consented
    undone: Undone


def find(token: str, pepper: bytes) -> Contribution | None:
    """Takes as long for a token that is unknown, or none at all."""
    rows = Contribution.objects.filter(digest=tickets.of_token(token, pepper))
    return rows.select_related("credential").first()


def receipt(token: str, pepper: bytes, now: datetime, calendar: Calendar) -> Receipt | None:
    """None for a token that is unknown."""
    row = find(token, pepper)
    return None if row is None else of(row, now, calendar)


def of(row: Contribution, now: datetime, calendar: Calendar) -> Receipt:
    """The same for a contribution that is at hand, for the administrator."""
    credential = row.credential
    state, kind = State(row.state), Kind(credential.kind)
    if credential.deleted_at is not None and state in ALIVE:
        state = State.REJECTED
    problems = usage.errors(credential)
    return Receipt(
        id=row.pk,
        credential_id=credential.pk,
        state=state,
        since=row.since,
        created_at=row.created_at,
        reason=row.reason,
        kind=kind,
        provider=credential.provider,
        label=credential.label,
        risk=Risk(row.risk),
        off=not credential.enabled,
        condition=_condition(row, now),
        today=_today(row, now, calendar),
        days=_days(credential.pk, calendar.day(now)),
        problem=problems[-1] if problems else None,
        earned=Earned(Paid(row.paid), row.units, row.reward_key_id, earnings.granted(row.pk)),
        consent=Consented(row.terms, row.terms_digest, Language(row.language), row.consented_at),
        undone=Undone(Revocation(row.revocation), row.revocation_words, byhand.link(kind)),
    )


def _condition(row: Contribution, now: datetime) -> Condition:
    found = store.read(row.credential)
    match health.state(found, now):
        case health.State.BANNED:
            return Condition(health.State.BANNED, None, found.banned)
        case health.State.COOLING:
            return Condition(health.State.COOLING, found.whole.until, found.whole.reason)
        case health.State.HEALTHY:
            return Condition(health.State.HEALTHY)


def _today(row: Contribution, now: datetime, calendar: Calendar) -> Today:
    credential = row.credential
    found = usage.today(credential, now, calendar)
    cap = store.caps(credential).day
    return Today(found.calls, credential.lender_cap, cap, found.reset_at)


def _days(credential_id: int, today: date) -> tuple[Day, ...]:
    first = today - timedelta(days=DAYS - 1)
    rows = ServedDay.objects.filter(credential_id=credential_id, day__gte=first)
    known = {row.day: Day(row.day, max(row.calls, 0), max(row.served, 0)) for row in rows}
    every = (first + timedelta(days=number) for number in range(DAYS))
    return tuple(known.get(day, Day(day)) for day in every)
