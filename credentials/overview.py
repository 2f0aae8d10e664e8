"""What people see of a credential: never its secret, and nothing here opens one but `detail`."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from credentials import export, health, store, usage
from credentials.caps import Calendar
from credentials.health import Health
from credentials.history import Mishap
from credentials.kinds import Kind
from credentials.lending.terms import RISKS
from credentials.lending.wording import Risk
from credentials.models import Contribution, Credential
from credentials.usage import Usage
from credentials.vault import Vault, VaultError

DAY_CAP = "day_cap"
"""The reason of a credential that has served as often today as it may."""


class State(enum.StrEnum):
    """Exactly one for each credential; what is held counts first, then the operator's will.

    HEALTHY: it is lent, though maybe not for each model. COOLING: lent again at `until`, because
    it rests or has used up its daily cap. BANNED: until a probe or a pardon. OFF: not enabled.
    HELD: a contribution that is in quarantine, or that its lender has paused.
    """

    HEALTHY = "healthy"
    COOLING = "cooling"
    BANNED = "banned"
    OFF = "off"
    HELD = "held"


class Parked(msgspec.Struct, frozen=True):
    """A model that the credential does not serve now. `until` None: until it is pardoned."""

    model: str
    until: datetime | None
    reason: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list. `filename` is that of its export.

    `until` is the end of a cooling. `reason` is a short code, "" for a healthy one; that of a
    cooling or a ban stays to be read while the credential is off. `withdrawn`: off because its
    source no longer names it. `last_error` is None when nothing ever went wrong. `contribution`
    is the id of the one that brought it, `contributed_by` its lender's name, if they gave one;
    `lender_cap` is what they allow a day, 0: no cap. The lower one of theirs and ours holds.
    """

    id: int
    filename: str
    label: str
    kind: str
    provider: str
    source: str
    risk: Risk
    state: State
    until: datetime | None
    reason: str
    parked: tuple[Parked, ...]
    today: Usage
    lender_cap: int
    last_error: Mishap | None
    email: str
    project: str
    has_proxy: bool
    weight: int
    enabled: bool
    withdrawn: bool
    contribution: int | None
    contributed_by: str
    created_at: datetime


class Detail(Row, frozen=True, kw_only=True):
    """`errors` are the last twenty, newest first. `proxy` is without user and password; "?" when
    it cannot be opened. `probe_at`: when a banned one is asked again by itself."""

    base_url: str
    location: str
    proxy: str
    errors: tuple[Mishap, ...]
    probes: int
    probe_at: datetime | None


def risk(kind: str) -> Risk:
    """What it may cost its owner to lend one of this kind."""
    try:
        return RISKS[Kind(kind)]
    except ValueError:
        return Risk.ACCOUNT


def row(credential: Credential, now: datetime, calendar: Calendar) -> Row:
    """Whatever a list shows. It judges coolings against `now`, as the pool does."""
    return Row(**_row(credential, now, calendar))


def detail(vault: Vault, credential: Credential, now: datetime, calendar: Calendar) -> Detail:
    return Detail(
        **_row(credential, now, calendar),
        base_url=credential.base_url,
        location=_text(credential.extra, "location"),
        proxy=_proxy(vault, credential),
        errors=tuple(reversed(usage.errors(credential))),
        probes=credential.probes if credential.banned else 0,
        probe_at=credential.probe_at if credential.banned else None,
    )


def _row(credential: Credential, now: datetime, calendar: Calendar) -> dict[str, Any]:
    known, extra = store.read(credential), credential.extra
    today = usage.today(credential, now, calendar)
    errors = usage.errors(credential)
    state, until, reason = _standing(credential, known, today, now)
    lent = _contribution(credential)
    return {
        "id": credential.pk,
        "filename": export.name(credential),
        "label": credential.label,
        "kind": credential.kind,
        "provider": credential.provider,
        "source": credential.source,
        "risk": risk(credential.kind),
        "state": state,
        "until": until,
        "reason": reason,
        "parked": parked(known, now),
        "today": today,
        "lender_cap": credential.lender_cap,
        "last_error": errors[-1] if errors else None,
        "email": _text(extra, "email"),
        "project": _text(extra, "project"),
        "has_proxy": bool(credential.sealed_proxy),
        "weight": credential.weight,
        "enabled": credential.enabled,
        "withdrawn": credential.withdrawn,
        "contribution": None if lent is None else lent.pk,
        "contributed_by": "" if lent is None else lent.name,
        "created_at": credential.created_at,
    }


def parked(known: Health, now: datetime) -> tuple[Parked, ...]:
    """The models that it does not serve at `now`, those that come back soonest first."""
    barred = [Parked(model, None, "barred") for model in known.barred]
    resting = [
        Parked(model, rest.until, rest.reason)
        for model, rest in known.models.items()
        if now < rest.until and model not in known.barred
    ]
    return (*sorted(resting, key=lambda each: each.until or now), *barred)


def _standing(
    credential: Credential, known: Health, today: Usage, now: datetime
) -> tuple[State, datetime | None, str]:
    state, until, reason = _observed(known, _spent(credential, today), today.reset_at, now)
    # One in quarantine is not enabled either, but nobody has switched it off.
    if credential.held:
        return State.HELD, until, reason
    return (state if credential.enabled else State.OFF), until, reason


def _observed(
    known: Health, spent: bool, reset_at: datetime, now: datetime
) -> tuple[State, datetime | None, str]:
    """Whatever people want of it."""
    if known.banned:
        return State.BANNED, None, known.banned
    rest = known.whole
    if health.state(known, now) is health.State.COOLING and not (spent and reset_at > rest.until):
        return State.COOLING, rest.until, rest.reason
    if spent:
        return State.COOLING, reset_at, DAY_CAP
    return State.HEALTHY, None, ""


def _spent(credential: Credential, today: Usage) -> bool:
    caps = [cap for cap in (credential.day_cap, credential.lender_cap) if cap]
    return bool(caps) and today.calls >= min(caps)


def _contribution(credential: Credential) -> Contribution | None:
    try:
        return credential.contribution
    except Contribution.DoesNotExist:
        return None


def _proxy(vault: Vault, credential: Credential) -> str:
    try:
        return usage.proxy(vault, credential)
    except VaultError:
        return "?"


def _text(extra: Mapping[str, Any], name: str) -> str:
    value = extra.get(name)
    return value if isinstance(value, str) else ""
