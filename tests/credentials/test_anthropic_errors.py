"""Errors of Anthropic. wire: recorded; doc: documented or reported."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials import anthropic_errors
from credentials.health import NotItsFault, Outcome, RateLimited, Refused, Stumbled
from credentials.quota_errors import Family, read
from tests.support import wire

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
BROKE = timedelta(hours=1)


def error(type: str, message: str = "…") -> Any:
    return {"type": "error", "error": {"type": type, "message": message}, "request_id": "req_1"}


LIMIT = (
    "You have reached your specified API usage limits. You will regain access on 2026-07-02 at "
    "00:00 UTC."
)

TABLE: dict[str, tuple[int, Any, Outcome, bool]] = {
    "wire: bad key": (
        401,
        error("authentication_error", "invalid x-api-key"),
        Refused("authentication_error", 401),
        True,
    ),
    "wire: too long": (
        400,
        error("invalid_request_error", "prompt is too long: 3333404 tokens > 200000 maximum"),
        NotItsFault(),
        False,
    ),
    "wire: no such model": (404, error("not_found_error", "model: X"), NotItsFault(), False),
    "doc: no money is a 400": (
        400,
        error(
            "invalid_request_error",
            "Your credit balance is too low to access the Anthropic API. Please go to Plans &",
        ),
        RateLimited(None, BROKE, reason="credit_balance_too_low"),
        True,
    ),
    "doc: a client that writes of money": (
        400,
        error("invalid_request_error", "tools.0: Your credit balance is too low"),
        NotItsFault(),
        False,
    ),
    "doc: billing": (
        402,
        error("billing_error"),
        RateLimited(None, BROKE, reason="billing_error"),
        True,
    ),
    "doc: the limit that the owner set": (
        400,
        error("invalid_request_error", LIMIT),
        RateLimited(None, until=datetime(2026, 7, 2, tzinfo=UTC), reason="usage_limit_reached"),
        True,
    ),
    "doc: the limit without its end": (
        400,
        error("invalid_request_error", LIMIT[:50]),
        RateLimited(None, BROKE, reason="usage_limit_reached"),
        True,
    ),
    "doc: disabled": (
        400,
        error("invalid_request_error", "This organization has been disabled."),
        Refused("organization_disabled", 403),
        True,
    ),
    "doc: no permission": (
        403,
        error("permission_error"),
        Refused("permission_error", 403),
        True,
    ),
    "doc: a firewall's page": (403, None, Stumbled(None), True),
    "doc: too large": (413, error("request_too_large"), NotItsFault(), False),
    "doc: limit": (
        429,
        error("rate_limit_error"),
        RateLimited("c", None, reason="rate_limit_error"),
        True,
    ),
    "doc: internal": (500, error("api_error"), Stumbled("c"), True),
    "doc: overloaded": (529, error("overloaded_error", "Overloaded"), Stumbled("c"), True),
    "doc: a gateway's page": (502, "<html>", Stumbled("c"), True),
    "doc: timeout": (408, None, Stumbled("c"), True),
    "doc: a word that is no code": (422, error("Not A Slug"), NotItsFault(), False),
}


@pytest.mark.parametrize(("status", "data", "outcome", "again"), TABLE.values(), ids=TABLE.keys())
def test_read(status: int, data: object, outcome: Outcome, again: bool) -> None:
    found = anthropic_errors.read(status, {}, data, model="c", now=NOW)
    assert found.outcome == outcome
    assert found.retry is again


def limits(**values: str) -> dict[str, str]:
    return {f"anthropic-ratelimit-{name.replace('_', '-')}": v for name, v in values.items()}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "48"}, 48),
        (limits(requests_remaining="0", requests_reset="2026-07-01T12:00:30Z"), 30),
        (limits(requests_remaining="5", requests_reset="2026-07-01T12:00:30Z"), None),
        (
            limits(
                input_tokens_remaining="0",
                input_tokens_reset="2026-07-01T12:00:10Z",
                tokens_remaining="0",
                tokens_reset="2026-07-01T12:01:00Z",
            ),
            60,
        ),
        (limits(tokens_remaining="0", tokens_reset="soon"), None),
        ({"retry-after": "7", **limits(tokens_remaining="0", tokens_reset="2027-01-01")}, 7),
    ],
)
def test_429_by_its_headers(headers: dict[str, str], seconds: float | None) -> None:
    found = anthropic_errors.read(429, headers, error("rate_limit_error"), model="c", now=NOW)
    assert found.retry_after == seconds


def test_an_overload_passes_its_retry_after_on() -> None:
    found = anthropic_errors.read(529, {"retry-after": "5"}, None, model="c", now=NOW)
    assert (found.outcome, found.retry_after) == (Stumbled("c"), 5)


RECORDED = {
    400: NotItsFault,
    401: Refused,
    404: NotItsFault,
}


@pytest.mark.parametrize(
    "exchange", wire.exchanges("anthropic", lambda one: one["response"]["status"] != 200)
)
def test_recorded_errors_are_read(exchange: wire.Exchange) -> None:
    response = exchange["response"]
    body = json.dumps(response["body"]).encode()
    found = read(Family.ANTHROPIC, response["status"], {}, body, model="c", now=NOW)
    assert isinstance(found.outcome, RECORDED[response["status"]])
