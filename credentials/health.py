"""The life of an upstream credential, as arithmetic. No clock, no database, no network.

Cooling ends by itself: `usable` compares times, so there is no timer and no state to forget.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, assert_never

import msgspec
from msgspec.structs import replace

from credentials.outcomes import (
    LONG_AGO,
    Barred,
    NotItsFault,
    Outcome,
    Proven,
    RateLimited,
    Refused,
    Stumbled,
    Succeeded,
)

__all__ = [
    "LONG_AGO",
    "Barred",
    "Health",
    "NotItsFault",
    "Outcome",
    "Policy",
    "Proven",
    "RateLimited",
    "Refused",
    "Rest",
    "State",
    "Stumbled",
    "Succeeded",
    "after",
    "doubts",
    "dump",
    "free_at",
    "load",
    "pardon",
    "state",
    "usable",
]

_MODELS_KEPT = 64
"""A client may name any model; a provider that limits before it looks must not fill the memory."""


class State(enum.StrEnum):
    """What a person is shown. It is derived, never stored: see `state`."""

    HEALTHY = "healthy"
    COOLING = "cooling"
    BANNED = "banned"


class Rest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is held against a credential, or against one model of it.

    It rests until `until`; after that only the counts of faults in a row are of interest. A
    request sent before `since`, the last change, cannot argue with it. Three counts, because
    three faults grow differently.
    """

    until: datetime = LONG_AGO
    since: datetime = LONG_AGO
    limits: int = 0
    stumbles: int = 0
    refusals: int = 0
    reason: str = ""


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    """What we believe about a credential. `banned` holds until a probe is answered or a person
    pardons, `barred` until a person does."""

    banned: str = ""
    whole: Rest = Rest()
    models: Mapping[str, Rest] = msgspec.field(default_factory=dict)
    barred: tuple[str, ...] = ()


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How severe we are. A snapshot of the settings, never asked for per request.

    `cooldown` is the first rest after a refusal or a 429 that does not say how long; it doubles
    up to `longest_cooldown`. An upstream that does say is believed up to `farthest_reset`.

    The first stumble in a row costs nothing: the request that met it goes on with another
    credential anyway, and a service with a single key must not refuse its users for one 500.
    From the second on it rests `hiccup`, doubled up to `longest_hiccup`, which is short, so that
    the end of an upstream's outage is noticed at once.
    """

    auto_ban: bool = True
    ban_codes: frozenset[int] = frozenset({401, 403})
    strikes_to_ban: int = 3
    cooldown: timedelta = timedelta(minutes=1)
    longest_cooldown: timedelta = timedelta(hours=6)
    farthest_reset: timedelta = timedelta(days=8)
    hiccup: timedelta = timedelta(seconds=2)
    longest_hiccup: timedelta = timedelta(seconds=30)


def after(
    health: Health, outcome: Outcome, policy: Policy, *, sent_at: datetime, now: datetime
) -> Health:
    """What we believe about a credential once a request sent at `sent_at` has ended.

    The same object comes back when nothing changed.
    """
    if health.banned and not isinstance(outcome, Proven):
        return health
    match outcome:
        case NotItsFault():
            return health
        case Proven():
            return _proven(health)
        case Succeeded(model):
            return _cleared(health, model, sent_at)
        case Barred(model):
            return _barred(health, model)
        case RateLimited(model) | Stumbled(model):
            old = _rest(health, model)
            new = _worse(old, outcome, policy, stale=sent_at < old.since, now=now)
            return health if new is old else _placed(health, model, new, policy, now=now)
        case Refused():
            return _refused(health, outcome, policy, stale=sent_at < health.whole.since, now=now)
        case other:
            assert_never(other)


def free_at(health: Health, model: str | None) -> datetime | None:
    """From when on it may be used for `model` (None: for some model); None if never by itself."""
    if health.banned or (model is not None and model in health.barred):
        return None
    parked = health.models.get(model) if model is not None else None
    return health.whole.until if parked is None else max(health.whole.until, parked.until)


def usable(health: Health, model: str, now: datetime) -> bool:
    free = free_at(health, model)
    return free is not None and free <= now


def doubts(health: Health, model: str, now: datetime) -> tuple[str | None, ...]:
    """What has rested and nobody has tried since: the whole (None), this model, or both.

    The first stumble is no rest: a service with a single key goes on as if nothing had been.
    """
    found: list[str | None] = []
    if health.whole.since < health.whole.until <= now:
        found.append(None)
    parked = health.models.get(model)
    if parked is not None and parked.since < parked.until <= now:
        found.append(model)
    return tuple(found)


def state(health: Health, now: datetime) -> State:
    """As the console shows it. A credential with only some models parked is healthy."""
    if health.banned:
        return State.BANNED
    return State.COOLING if now < health.whole.until else State.HEALTHY


def pardon(health: Health) -> Health:
    """A person decided: everything is forgotten."""
    return Health()


def dump(health: Health) -> dict[str, Any]:
    """Plain JSON values for storage; a clean record is `{}`."""
    plain: dict[str, Any] = msgspec.to_builtins(health)
    return {name: value for name, value in plain.items() if value}


def load(data: object) -> Health:
    """The inverse of `dump`. Unknown fields are ignored; raises ValueError for a wrong shape."""
    return msgspec.convert(data, Health)


def _rest(health: Health, model: str | None) -> Rest:
    return health.whole if model is None else health.models.get(model, Rest())


def _proven(health: Health) -> Health:
    if not health.banned and health.whole == Rest():
        return health
    return replace(health, banned="", whole=Rest())


def _cleared(health: Health, model: str, sent_at: datetime) -> Health:
    """An answer clears what was held before its request was sent, and no more."""
    parked = health.models.get(model)
    if parked is not None and sent_at >= parked.since:
        others = {name: rest for name, rest in health.models.items() if name != model}
        health = replace(health, models=others)
    if health.whole != Rest() and sent_at >= health.whole.since:
        health = replace(health, whole=Rest())
    return health


def _barred(health: Health, model: str) -> Health:
    if model in health.barred:
        return health
    return replace(health, barred=(*health.barred, model)[-_MODELS_KEPT:])


def _worse(
    rest: Rest, outcome: RateLimited | Stumbled, policy: Policy, *, stale: bool, now: datetime
) -> Rest:
    if isinstance(outcome, RateLimited):
        return _limited(rest, outcome, policy, stale=stale, now=now)
    return rest if stale else _stumbled(rest, policy, now=now)


def _limited(
    rest: Rest, outcome: RateLimited, policy: Policy, *, stale: bool, now: datetime
) -> Rest:
    told = _told(outcome, policy, now)
    if told is not None:
        return replace(rest, until=max(rest.until, told), since=now, reason=outcome.reason)
    if stale:  # ten at once count once
        return rest
    until = now + _doubled(policy.cooldown, rest.limits, policy.longest_cooldown)
    return replace(
        rest,
        until=max(rest.until, until),
        since=now,
        limits=rest.limits + 1,
        reason=outcome.reason,
    )


def _told(outcome: RateLimited, policy: Policy, now: datetime) -> datetime | None:
    """When the upstream says it will serve again, if it says so and that is still to come."""
    farthest = now + policy.farthest_reset
    if outcome.until is not None:
        return min(outcome.until, farthest) if outcome.until > now else None
    if outcome.retry_after is None or outcome.retry_after <= timedelta(0):
        return None
    return now + min(outcome.retry_after, policy.farthest_reset)


def _stumbled(rest: Rest, policy: Policy, *, now: datetime) -> Rest:
    wait = timedelta(0)
    if rest.stumbles:
        wait = _doubled(policy.hiccup, rest.stumbles - 1, policy.longest_hiccup)
    until = max(rest.until, now + wait)
    return replace(rest, until=until, since=now, stumbles=rest.stumbles + 1, reason="stumbled")


def _refused(
    health: Health, outcome: Refused, policy: Policy, *, stale: bool, now: datetime
) -> Health:
    if outcome.final and policy.auto_ban:
        return replace(health, banned=outcome.reason or str(outcome.code))
    if stale:  # one burst is one strike: a 403 that comes and goes must not ban
        return health
    rest = health.whole
    strikes = rest.refusals + 1
    if policy.auto_ban and outcome.code in policy.ban_codes and strikes >= policy.strikes_to_ban:
        return replace(health, banned=outcome.reason or str(outcome.code))
    until = now + _doubled(policy.cooldown, rest.refusals, policy.longest_cooldown)
    rest = replace(
        rest, until=max(rest.until, until), since=now, refusals=strikes, reason=outcome.reason
    )
    return replace(health, whole=rest)


def _placed(
    health: Health, model: str | None, rest: Rest, policy: Policy, *, now: datetime
) -> Health:
    """`health` with `rest` in its place; models whose rest is long over are forgotten."""
    if model is None:
        return replace(health, whole=rest)
    models = {
        name: old
        for name, old in health.models.items()
        if name != model and now < old.until + policy.longest_cooldown
    }
    while len(models) >= _MODELS_KEPT:
        del models[min(models, key=lambda name: models[name].until)]
    return replace(health, models={**models, model: rest})


def _doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    return min(first * (1 << min(times, 20)), longest)
