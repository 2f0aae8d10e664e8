"""What Google's error answers mean (Gemini API, Vertex, Code Assist).

Shapes: `google.rpc.Status` with details in no fixed order, sometimes in an array, sometimes with
the older `errors[]` beside it. Details: google.rpc.ErrorInfo, QuotaFailure, RetryInfo. The order
of the questions is that of gemini-cli's googleQuotaErrors.ts, so that the gateway parks what the
official client would give up on. ErrorInfo reasons: google/api/error_reason.proto.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from credentials import hints, verdict
from credentials.verdict import Verdict

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_CAPACITY = timedelta(minutes=5)
_TYPE = "type.googleapis.com/google.rpc."
_REASON = re.compile(r"[A-Z][A-Z0-9_]{1,62}")
_LIMIT_ZERO = re.compile(r"\blimit: 0(?![\d.])")
_PER_DAY = re.compile(r"PerDay|Daily", re.IGNORECASE)
_PER_MINUTE = re.compile(r"PerMinute", re.IGNORECASE)
_BAD_KEY = re.compile(r"API key (?:not valid|expired)", re.IGNORECASE)
_LOCATION = re.compile(r"location is not supported|free tier is not available", re.IGNORECASE)
_OF_CLIENT = re.compile(r"\bfile\b|cached ?content|tuned ?model|\bstorage\b", re.IGNORECASE)
_LEGACY = {
    "rateLimitExceeded": "RATE_LIMIT_EXCEEDED",
    "userRateLimitExceeded": "RATE_LIMIT_EXCEEDED",
    "quotaExceeded": "QUOTA_EXHAUSTED",
    "dailyLimitExceeded": "QUOTA_EXHAUSTED",
}


class Status(msgspec.Struct, frozen=True):
    """A google.rpc.Status, flattened to what the classification asks about."""

    status: str = ""
    message: str = ""
    reason: str = ""
    domain: str = ""
    metadata: Mapping[str, Any] = {}
    quotas: tuple[str, ...] = ()
    delay: timedelta | None = None
    known: bool = False
    """Whether the body was Google's at all; a proxy's error page is not."""


def read(
    status: int, headers: Mapping[str, str], data: object, *, model: str, now: datetime
) -> Verdict:
    """`data` is the parsed body, or None. `headers` have lower-case names."""
    error = parse(data)
    if status in (403, 429, 499, 503):
        found = _quota(status, headers, error, model=model, now=now)
        if found is not None:
            return found
    match status:
        case 400:
            return _bad_request(error)
        case 401 | 403:
            return _denied(status, error)
        case 404:
            return verdict.client("MODEL_NOT_FOUND")
        case 408 | 499:
            return verdict.stumbled(model, error.status or str(status))
        case _ if status >= 500:
            return verdict.stumbled(
                model, error.status or str(status), hints.retry_after(headers, now)
            )
        case _:
            return verdict.client(error.status or str(status))


def parse(data: object) -> Status:
    """Everything that is not in its documented place counts as absent."""
    if isinstance(data, list):
        data = next((item for item in data if isinstance(item, dict)), None)
    error = data.get("error") if isinstance(data, dict) else None
    if not isinstance(error, dict):
        return Status()
    details = [item for item in _list(error.get("details")) if isinstance(item, dict)]
    info = _detail(details, "ErrorInfo")
    metadata = _dict(info.get("metadata"))
    return Status(
        status=_code(error.get("status")),
        message=_text(error.get("message"))[:4096],
        reason=_code(info.get("reason")) or _legacy(error),
        domain=_text(info.get("domain")),
        metadata=metadata,
        quotas=_quotas(details, metadata),
        delay=hints.duration(_detail(details, "RetryInfo").get("retryDelay")),
        known=isinstance(error.get("code"), int),
    )


def _quota(
    status: int, headers: Mapping[str, str], error: Status, *, model: str, now: datetime
) -> Verdict | None:
    """The classification of quota errors; None for a 403 or 503 that is none."""
    if error.reason == "VALIDATION_REQUIRED" and error.domain.endswith(
        "cloudcode-pa.googleapis.com"
    ):
        return verdict.refused("VALIDATION_REQUIRED", 403)
    if status == 429 and _LIMIT_ZERO.search(error.message):
        return verdict.barred(model, "LIMIT_ZERO")
    if any(_PER_DAY.search(quota) for quota in error.quotas):
        return verdict.parked(model, "QUOTA_PER_DAY", hints.day_end(now), now)
    match error.reason:
        case "MODEL_CAPACITY_EXHAUSTED":
            return _capacity(error, model)
        case "INSUFFICIENT_G1_CREDITS_BALANCE":
            return verdict.limited(model, error.reason, _HOUR)
        case "QUOTA_EXHAUSTED":
            return _exhausted(headers, error, model=model, now=now)
        case "RATE_LIMIT_EXCEEDED" | "RESOURCE_QUOTA_EXCEEDED":
            return verdict.limited(model, error.reason, _hint(headers, error, now))
    if status != 429:
        return None
    return verdict.limited(model, error.status or "429", _hint(headers, error, now))


def _capacity(error: Status, model: str) -> Verdict:
    """Every account is told the same: rest that model briefly, whatever delay is named."""
    reason = "MODEL_CAPACITY_EXHAUSTED"
    if error.delay is None:
        return verdict.stumbled(model, reason)
    return verdict.limited(model, reason, min(error.delay, _CAPACITY))


def _exhausted(headers: Mapping[str, str], error: Status, *, model: str, now: datetime) -> Verdict:
    until = hints.instant(error.metadata.get("quotaResetTimeStamp"))
    if until is not None and until > now:
        return verdict.parked(model, "QUOTA_EXHAUSTED", until, now)
    wait = hints.duration(error.metadata.get("quotaResetDelay"))
    return verdict.limited(model, "QUOTA_EXHAUSTED", wait or _hint(headers, error, now))


def _hint(headers: Mapping[str, str], error: Status, now: datetime) -> timedelta | None:
    """How long to wait. `retryDelay` is cut to seconds where the message has the fraction."""
    said = hints.spoken(error.message)
    if error.delay is not None:
        return max(error.delay, said or error.delay)
    if any(_PER_MINUTE.search(quota) for quota in error.quotas):
        return max(_MINUTE, said or _MINUTE)
    return said or hints.retry_after(headers, now)


def _bad_request(error: Status) -> Verdict:
    """Google says 400 for a bad key; every other 400 is the client's."""
    if error.reason == "API_KEY_INVALID" or _BAD_KEY.match(error.message):
        return verdict.refused("API_KEY_INVALID", 401)
    if error.status == "FAILED_PRECONDITION" and _LOCATION.search(error.message):
        # This server's address or the account's tier: an account with billing may be served.
        return verdict.client("LOCATION_UNSUPPORTED", retry=True)
    return verdict.client(error.reason or error.status or "400")


def _denied(status: int, error: Status) -> Verdict:
    if not error.known:
        return verdict.stumbled(None, f"{status} not from Google")
    if error.reason in ("", "IAM_PERMISSION_DENIED") and _OF_CLIENT.search(error.message):
        # "You do not have permission to access the File …": the client named it.
        return verdict.client("RESOURCE_DENIED")
    return verdict.refused(error.reason or error.status or str(status), status)


def _detail(details: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next((item for item in details if item.get("@type") == _TYPE + name), {})


def _quotas(details: list[dict[str, Any]], metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the exceeded quotas, such as `GenerateRequestsPerDayPerProjectPerModel-FreeTier`."""
    failures = _list(_detail(details, "QuotaFailure").get("violations"))
    named = [_text(item.get("quotaId")) for item in failures if isinstance(item, dict)]
    return tuple(filter(None, [*named, _text(metadata.get("quota_limit"))]))


def _legacy(error: dict[str, Any]) -> str:
    reasons = [_text(_dict(item).get("reason")) for item in _list(error.get("errors"))]
    return next((_LEGACY[reason] for reason in reasons if reason in _LEGACY), "")


def _code(value: object) -> str:
    return value if isinstance(value, str) and _REASON.fullmatch(value) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
