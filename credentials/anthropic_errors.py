"""What the error answers of Anthropic mean. Pure.

Shape: `{"type": "error", "error": {"type", "message"}, "request_id"}`. An account without money is
a 400 in words alone; an overloaded service is 529, which is nobody's fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from credentials import hints, verdict
from credentials.verdict import Verdict

_BROKE = timedelta(hours=1)
"""An account without money: ask again after this, somebody may have paid."""

_SLUG = re.compile(r"[a-z][a-z0-9_]{0,63}")

# Only at the beginning: what comes later in a message may be the caller's own words.
_NO_MONEY = re.compile(r"Your credit balance is too low")
_SPENT = re.compile(r"You have reached your specified (?:workspace )?API usage limits")
_REGAIN = re.compile(r"regain access on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) UTC")
_DISABLED = re.compile(r"This organization has been disabled")

# Each limit has `-limit`, `-remaining` and `-reset`, an RFC 3339 moment.
_LIMITS = ("requests", "tokens", "input-tokens", "output-tokens")


class Fault(msgspec.Struct, frozen=True):
    """`kind` is the error's type, "" for a body that is not Anthropic's (a proxy's page)."""

    kind: str = ""
    message: str = ""


def read(
    status: int, headers: Mapping[str, str], data: object, *, model: str, now: datetime
) -> Verdict:
    """`data` is the parsed body, or None. `headers` have lower-case names."""
    fault = parse(data)
    reason = fault.kind or str(status)
    match status:
        case 400:
            return _bad_request(fault, reason, now)
        case 401:
            return verdict.refused(reason, 401)
        case 402:
            return verdict.limited(None, reason, _BROKE)
        case 403:
            return _denied(fault, reason)
        case 404:
            return verdict.client("MODEL_NOT_FOUND")
        case 429:
            return verdict.limited(model, reason, _wait(headers, now))
        case 408 | 425 | 499:
            return verdict.stumbled(model, reason)
        case _ if status >= 500:
            return verdict.stumbled(model, reason, hints.retry_after(headers, now))
        case _:
            return verdict.client(reason)


def parse(data: object) -> Fault:
    error = data.get("error") if isinstance(data, dict) else None
    if not isinstance(error, dict):
        return Fault()
    kind, message = error.get("type"), error.get("message")
    return Fault(
        kind if isinstance(kind, str) and _SLUG.fullmatch(kind) else "",
        message[:4096] if isinstance(message, str) else "",
    )


def _bad_request(fault: Fault, reason: str, now: datetime) -> Verdict:
    if fault.kind == "billing_error" or _NO_MONEY.match(fault.message):
        return verdict.limited(None, "credit_balance_too_low", _BROKE)
    if _SPENT.match(fault.message):
        until = _regained(fault.message)
        if until is not None:
            return verdict.parked(None, "usage_limit_reached", until, now)
        return verdict.limited(None, "usage_limit_reached", _BROKE)
    if _DISABLED.match(fault.message):
        return verdict.refused("organization_disabled", 403)
    return verdict.client(reason)


def _regained(message: str) -> datetime | None:
    found = _REGAIN.search(message)
    moment = hints.instant(f"{found[1]}T{found[2]}:00") if found else None
    return moment.astimezone(UTC) if moment else None


def _denied(fault: Fault, reason: str) -> Verdict:
    if not fault.kind:
        return verdict.stumbled(None, "403 not from the service")
    return verdict.refused(reason, 403)


def _wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """`retry-after`, else the latest reset of the limits that are used up.

    Successful answers carry `retry-after`, too (as recorded); here it counts.
    """
    said = hints.retry_after(headers, now)
    if said is not None:
        return said
    resets = [
        moment
        for name in _LIMITS
        if headers.get(f"anthropic-ratelimit-{name}-remaining", "").strip() == "0"
        and (moment := hints.instant(headers.get(f"anthropic-ratelimit-{name}-reset"))) is not None
    ]
    return max(max(resets) - now, timedelta(0)) if resets else None
