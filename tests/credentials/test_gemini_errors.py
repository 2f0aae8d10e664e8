"""Google's errors. Each case names where its body is from.

wire: recorded exact bodies (facts, errors of the Gemini API). doc: documented or reported shapes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials import gemini_errors
from credentials.health import Barred, NotItsFault, Outcome, RateLimited, Refused, Stumbled

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 7, 2, 7, tzinfo=UTC)
RPC = "type.googleapis.com/google.rpc."


def error(code: int, status: str, message: str = "", *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": status, "details": [*details]}}


def info(reason: str, domain: str = "googleapis.com", **metadata: str) -> dict[str, Any]:
    return {"@type": f"{RPC}ErrorInfo", "reason": reason, "domain": domain, "metadata": metadata}


def quota(*names: str) -> dict[str, Any]:
    return {"@type": f"{RPC}QuotaFailure", "violations": [{"quotaId": name} for name in names]}


def retry(delay: str) -> dict[str, Any]:
    return {"@type": f"{RPC}RetryInfo", "retryDelay": delay}


def exhausted(message: str = "", *details: dict[str, Any]) -> dict[str, Any]:
    return error(429, "RESOURCE_EXHAUSTED", message, *details)


def wait(seconds: float | None, reason: str) -> RateLimited:
    delay = None if seconds is None else timedelta(seconds=seconds)
    return RateLimited("g", delay, reason=reason)


CLI = "cloudcode-pa.googleapis.com"
PER_MINUTE = "GenerateContentPaidTierInputTokensPerModelPerMinute"
PER_DAY = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
DAY_OVER = RateLimited("g", until=MIDNIGHT, reason="QUOTA_PER_DAY")
OVERQUOTA = (
    "You exceeded your current quota, … limit: 1000000, model: gemini-2.5-flash\n"
    "Please retry in 48.939935699s."
)
LEGACY = {"domain": "global", "reason": "rateLimitExceeded", "message": "slow down"}

QUOTA: dict[str, tuple[dict[str, Any] | list[Any], Outcome]] = {
    "wire: per minute with both delays, the exact one counts": (
        exhausted(OVERQUOTA, quota(PER_MINUTE), retry("48s")),
        wait(48.939936, "RESOURCE_EXHAUSTED"),
    ),
    "wire: a fraction in RetryInfo": (
        exhausted(
            "", quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"), retry("34.4s")
        ),
        wait(34.4, "RESOURCE_EXHAUSTED"),
    ),
    "doc: limit 0 is for ever": (
        exhausted("Quota exceeded for metric: …, limit: 0, model: g", quota(PER_DAY), retry("9s")),
        Barred("g"),
    ),
    "doc: limit 0.5 is not limit 0": (exhausted("limit: 0.5"), wait(None, "RESOURCE_EXHAUSTED")),
    "doc: per day, whatever RetryInfo says": (
        exhausted("", quota(PER_DAY), retry("48s")),
        DAY_OVER,
    ),
    "doc: Daily": (exhausted("", quota("DailyRequests")), DAY_OVER),
    "doc: per day beside per minute": (exhausted("", quota(PER_MINUTE, PER_DAY)), DAY_OVER),
    "doc: per day in quota_limit": (
        exhausted("", info("RATE_LIMIT_EXCEEDED", quota_limit="RequestsPerDayPerProject")),
        DAY_OVER,
    ),
    "doc: no capacity": (exhausted("", info("MODEL_CAPACITY_EXHAUSTED", CLI)), Stumbled("g")),
    "doc: no capacity with a delay": (
        exhausted("", info("MODEL_CAPACITY_EXHAUSTED", CLI), retry("40s")),
        wait(40, "MODEL_CAPACITY_EXHAUSTED"),
    ),
    "doc: no capacity for five hours is five minutes": (
        exhausted("", info("MODEL_CAPACITY_EXHAUSTED", CLI), retry("18000s")),
        wait(300, "MODEL_CAPACITY_EXHAUSTED"),
    ),
    "doc: credits gone": (
        exhausted("", info("INSUFFICIENT_G1_CREDITS_BALANCE", CLI)),
        wait(3600, "INSUFFICIENT_G1_CREDITS_BALANCE"),
    ),
    "doc: rate limit with a delay": (
        exhausted("", info("RATE_LIMIT_EXCEEDED", CLI), retry("12s")),
        wait(12, "RATE_LIMIT_EXCEEDED"),
    ),
    "doc: rate limit without a delay": (
        exhausted("", info("RATE_LIMIT_EXCEEDED", CLI)),
        wait(None, "RATE_LIMIT_EXCEEDED"),
    ),
    "doc: rate limit per minute by quota_limit": (
        exhausted("", info("RATE_LIMIT_EXCEEDED", quota_limit="RequestsPerMinutePerRegion")),
        wait(60, "RATE_LIMIT_EXCEEDED"),
    ),
    "doc: exhausted until a moment": (
        exhausted(
            "",
            info("QUOTA_EXHAUSTED", CLI, quotaResetTimeStamp="2026-07-01T21:22:20Z"),
            retry("33740.910400305s"),
        ),
        RateLimited(
            "g", until=datetime(2026, 7, 1, 21, 22, 20, tzinfo=UTC), reason="QUOTA_EXHAUSTED"
        ),
    ),
    "doc: exhausted for a time": (
        exhausted("", info("QUOTA_EXHAUSTED", CLI, quotaResetDelay="13h19m1.2s")),
        wait(47941.2, "QUOTA_EXHAUSTED"),
    ),
    "doc: exhausted, the moment has passed": (
        exhausted(
            "",
            info(
                "QUOTA_EXHAUSTED",
                CLI,
                quotaResetTimeStamp="2026-07-01T11:00:00Z",
                quotaResetDelay="9s",
            ),
        ),
        wait(9, "QUOTA_EXHAUSTED"),
    ),
    "doc: exhausted, nothing said": (
        exhausted("", info("QUOTA_EXHAUSTED", CLI)),
        wait(None, "QUOTA_EXHAUSTED"),
    ),
    "doc: per minute, nothing said": (
        exhausted("", quota(PER_MINUTE)),
        wait(60, "RESOURCE_EXHAUSTED"),
    ),
    "doc: only words": (exhausted("Please retry in 7.5s."), wait(7.5, "RESOURCE_EXHAUSTED")),
    "doc: bare": (
        exhausted("Resource has been exhausted (e.g. check quota)."),
        wait(None, "RESOURCE_EXHAUSTED"),
    ),
    "doc: in an array": (
        [exhausted("", retry("5s"))],
        wait(5, "RESOURCE_EXHAUSTED"),
    ),
    "doc: legacy errors[]": (
        {"error": {"code": 429, "message": "m", "errors": [LEGACY]}},
        wait(None, "RATE_LIMIT_EXCEEDED"),
    ),
}


@pytest.mark.parametrize(("data", "outcome"), QUOTA.values(), ids=QUOTA.keys())
def test_429(data: object, outcome: Outcome) -> None:
    found = gemini_errors.read(429, {}, data, model="g", now=NOW)
    assert found.outcome == outcome
    assert found.retry


NOT_ALLOWED = "You do not have permission to access the {} or it may not exist."

OTHERS: dict[str, tuple[int, dict[str, Any] | None, Outcome, bool]] = {
    "wire: a bad key is a 400": (
        400,
        error(
            400,
            "INVALID_ARGUMENT",
            "API key not valid. Please pass a valid API key.",
            info("API_KEY_INVALID"),
        ),
        Refused("API_KEY_INVALID", 401),
        True,
    ),
    "doc: a bad key in words": (
        400,
        error(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
        Refused("API_KEY_INVALID", 401),
        True,
    ),
    "doc: words about keys by the client": (
        400,
        error(400, "INVALID_ARGUMENT", "Invalid value 'API key not valid' at 'contents'."),
        NotItsFault(),
        False,
    ),
    "wire: too many tokens": (
        400,
        error(400, "INVALID_ARGUMENT", "The input token count (1250074) exceeds the maximum …"),
        NotItsFault(),
        False,
    ),
    "wire: an unsupported place may be served elsewhere": (
        400,
        error(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
        NotItsFault(),
        True,
    ),
    "doc: a file that is not ready": (
        400,
        error(400, "FAILED_PRECONDITION", "The File abc is not in an ACTIVE state."),
        NotItsFault(),
        False,
    ),
    "doc: 401": (401, error(401, "UNAUTHENTICATED"), Refused("UNAUTHENTICATED", 401), True),
    "wire: 403 without a key": (
        403,
        error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers (…)."),
        Refused("PERMISSION_DENIED", 403),
        True,
    ),
    "wire: service disabled": (
        403,
        error(403, "PERMISSION_DENIED", "…", info("SERVICE_DISABLED")),
        Refused("SERVICE_DISABLED", 403),
        True,
    ),
    "doc: leaked": (
        403,
        error(403, "PERMISSION_DENIED", "Your API key was reported as leaked."),
        Refused("PERMISSION_DENIED", 403),
        True,
    ),
    "doc: must be validated": (
        403,
        error(403, "PERMISSION_DENIED", "", info("VALIDATION_REQUIRED", CLI)),
        Refused("VALIDATION_REQUIRED", 403),
        True,
    ),
    "doc: a file of somebody else": (
        403,
        error(403, "PERMISSION_DENIED", NOT_ALLOWED.format("File abc")),
        NotItsFault(),
        False,
    ),
    "doc: a cache of somebody else": (
        403,
        error(403, "PERMISSION_DENIED", "CachedContent not found (or permission denied)"),
        NotItsFault(),
        False,
    ),
    "doc: a bucket of somebody else": (
        403,
        error(403, "PERMISSION_DENIED", "Permission 'storage.objects.get' denied on resource (…)."),
        NotItsFault(),
        False,
    ),
    "doc: a quota in a 403": (
        403,
        {"error": {"code": 403, "message": "m", "errors": [LEGACY]}},
        wait(None, "RATE_LIMIT_EXCEEDED"),
        True,
    ),
    "doc: 403 of a proxy": (403, None, Stumbled(None), True),
    "wire: no such model": (404, error(404, "NOT_FOUND"), NotItsFault(), False),
    "doc: too large": (413, None, NotItsFault(), False),
    "doc: cancelled": (499, error(499, "CANCELLED"), Stumbled("g"), True),
    "doc: internal": (500, error(500, "INTERNAL"), Stumbled("g"), True),
    "doc: overloaded": (
        503,
        error(503, "UNAVAILABLE", "The model is overloaded."),
        Stumbled("g"),
        True,
    ),
    "doc: no capacity in a 503": (
        503,
        error(503, "UNAVAILABLE", "", info("MODEL_CAPACITY_EXHAUSTED", CLI), retry("9s")),
        wait(9, "MODEL_CAPACITY_EXHAUSTED"),
        True,
    ),
    "doc: too slow": (504, error(504, "DEADLINE_EXCEEDED"), Stumbled("g"), True),
}


@pytest.mark.parametrize(("status", "data", "outcome", "again"), OTHERS.values(), ids=OTHERS.keys())
def test_other_statuses(status: int, data: object, outcome: Outcome, again: bool) -> None:
    found = gemini_errors.read(status, {}, data, model="g", now=NOW)
    assert found.outcome == outcome
    assert found.retry is again


def test_the_client_is_told_when_the_day_ends() -> None:
    found = gemini_errors.read(429, {}, exhausted("", quota(PER_DAY)), model="g", now=NOW)
    assert found.retry_after == 19 * 3600


def test_retry_after_is_the_last_resort() -> None:
    headers = {"retry-after": "9"}
    assert gemini_errors.read(429, headers, None, model="g", now=NOW).retry_after == 9
    told = exhausted("", retry("5s"))
    assert gemini_errors.read(429, headers, told, model="g", now=NOW).retry_after == 5


def test_an_unknown_reason_is_quoted_only_if_it_is_a_code() -> None:
    bad = error(403, "PERMISSION_DENIED", "m", info("key AIzaSecret is bad"))
    found = gemini_errors.read(403, {}, bad, model="g", now=NOW)
    assert found.reason == "PERMISSION_DENIED"
