"""Errors of OpenAI and of those who copy it. wire: recorded; doc: documented or reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials import openai_errors
from credentials.health import NotItsFault, Outcome, RateLimited, Refused, Stumbled

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = 3600


def error(message: str = "", type: str | None = None, code: Any = None, **rest: Any) -> Any:
    return {"error": {"message": message, "type": type, "param": None, "code": code, **rest}}


def wait(model: str | None, seconds: float | None, reason: str) -> RateLimited:
    delay = None if seconds is None else timedelta(seconds=seconds)
    return RateLimited(model, delay, reason=reason)


XAI = {"code": "invalid-argument", "error": "Incorrect API key provided: xa***bc. You can …"}
OPENROUTER_RESET = {
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": str((int(NOW.timestamp()) + 90) * 1000),
}
GOOGLE_KEY = {
    "error": {"code": 400, "message": "API key not valid. …", "status": "INVALID_ARGUMENT"}
}

TABLE: dict[str, tuple[int, Any, Outcome, bool]] = {
    "wire: OpenAI, bad key": (
        401,
        error("Incorrect API key provided: sk-.", "invalid_request_error", "invalid_api_key"),
        Refused("invalid_api_key", 401),
        True,
    ),
    "wire: Mistral, bad key": (401, {"detail": "Invalid API Key"}, Refused("401", 401), True),
    "wire: Azure, bad key": (401, error("Access denied …", code="401"), Refused("401", 401), True),
    "wire: xAI, bad key is a 400": (400, XAI, Refused("invalid_api_key", 401), True),
    "doc: a client that writes of keys": (
        400,
        error("Unknown model 'Incorrect API key'"),
        NotItsFault(),
        False,
    ),
    "doc: Google's OpenAI endpoint, in an array": (
        400,
        [GOOGLE_KEY],
        Refused("API_KEY_INVALID", 401),
        True,
    ),
    "wire: a value that is not supported": (
        400,
        error("…", "invalid_request_error", "unsupported_parameter"),
        NotItsFault(),
        False,
    ),
    "wire: Groq, tool_use_failed": (
        400,
        error("…", "invalid_request_error", "tool_use_failed"),
        NotItsFault(),
        False,
    ),
    "doc: no balance in a 400": (
        400,
        error("…", code="insufficient_balance"),
        wait(None, HOUR, "insufficient_balance"),
        True,
    ),
    "doc: DeepSeek, no balance": (
        402,
        error("Insufficient Balance", "unknown_error", "invalid_request_error"),
        wait(None, HOUR, "invalid_request_error"),
        True,
    ),
    "doc: OpenRouter, the money would do for less": (
        402,
        error("This request requires more credits, or fewer max_tokens. …", code=402),
        NotItsFault(),
        True,
    ),
    "doc: not allowed": (
        403,
        error("…", code="permission_denied"),
        Refused("permission_denied", 403),
        True,
    ),
    "doc: a firewall's page": (403, None, Stumbled(None), True),
    "doc: OpenAI, country": (
        403,
        error("…", "request_forbidden", "unsupported_country_region_territory"),
        NotItsFault(),
        True,
    ),
    "doc: OpenAI, model of another tier": (
        403,
        error("Project `proj_1` does not have access to model `o9`", code="model_not_found"),
        NotItsFault(),
        True,
    ),
    "doc: OpenRouter, flagged": (
        403,
        error("…", code=403, metadata={"reasons": ["violence"], "flagged_input": "…"}),
        NotItsFault(),
        False,
    ),
    "doc: xAI, flagged": (
        403,
        {"code": "The caller does not …", "error": "Content violates usage guidelines."},
        NotItsFault(),
        False,
    ),
    "doc: xAI, credits used": (
        403,
        {"code": "The caller …", "error": "Your team has used all available credits or …"},
        wait(None, HOUR, "credits"),
        True,
    ),
    "wire: no such model": (404, error("…", code="model_not_found"), NotItsFault(), False),
    "doc: request timeout": (408, None, Stumbled("g"), True),
    "doc: too large": (413, error("…"), NotItsFault(), False),
    "doc: unprocessable": (422, {"detail": [{"loc": ["body"]}]}, NotItsFault(), False),
    "wire: quota gone": (
        429,
        error("You exceeded your current quota, …", "insufficient_quota", "insufficient_quota"),
        wait(None, HOUR, "insufficient_quota"),
        True,
    ),
    "doc: in words": (
        429,
        error("Rate limit reached. Please try again in 6m0s.", "tokens", "rate_limit_exceeded"),
        wait("g", 360, "rate_limit_exceeded"),
        True,
    ),
    "doc: more than the limit in one request": (
        429,
        error("Request too large for gpt-4o … Limit 30000, Requested 40000.", "tokens"),
        NotItsFault(),
        True,
    ),
    "doc: OpenRouter, headers in the body": (
        429,
        error(
            "Rate limit exceeded: free-models-per-day",
            code=429,
            metadata={"headers": OPENROUTER_RESET},
        ),
        wait("g", 90, "429"),
        True,
    ),
    "doc: nothing said": (
        429,
        {"message": "Requests rate limit exceeded"},
        wait("g", None, "429"),
        True,
    ),
    "doc: internal": (500, error("…", "server_error"), Stumbled("g"), True),
    "doc: a gateway's page": (502, None, Stumbled("g"), True),
    "doc: overloaded": (529, None, Stumbled("g"), True),
}


@pytest.mark.parametrize(("status", "data", "outcome", "again"), TABLE.values(), ids=TABLE.keys())
def test_read(status: int, data: object, outcome: Outcome, again: bool) -> None:
    found = openai_errors.read(status, {}, data, model="g", now=NOW)
    assert found.outcome == outcome
    assert found.retry is again


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "1"}, 1),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s"}, 360),
        ({"x-ratelimit-remaining-tokens": "9", "x-ratelimit-reset-tokens": "6m0s"}, None),
        ({}, None),
    ],
)
def test_429_by_its_headers(headers: dict[str, str], seconds: float | None) -> None:
    found = openai_errors.read(429, headers, error("…"), model="g", now=NOW)
    assert found.outcome == wait("g", seconds, "429")
    assert found.retry_after == seconds


def test_a_503_passes_its_retry_after_on() -> None:
    found = openai_errors.read(503, {"retry-after": "20"}, None, model="g", now=NOW)
    assert (found.outcome, found.retry_after) == (Stumbled("g"), 20)
