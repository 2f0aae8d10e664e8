"""From an upstream's error to the moment when the credential serves again: the whole way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from credentials.health import Health, Policy, after, free_at
from credentials.quota_errors import Family, read
from tests.credentials.fakes import NOW
from tests.support import wire

HOUR = 3_600.0
DAY_OVER = 19 * HOUR
"""From the noon (UTC) of these tests to midnight in California."""


def google(code: int, status: str, message: str = "", *details: Any) -> Any:
    return {"error": {"code": code, "status": status, "message": message, "details": details}}


def detail(kind: str, **values: Any) -> Any:
    return {"@type": f"type.googleapis.com/google.rpc.{kind}", **values}


def quota(*ids: str) -> Any:
    return detail("QuotaFailure", violations=[{"quotaId": id} for id in ids])


def info(reason: str, **metadata: str) -> Any:
    domain = "cloudcode-pa.googleapis.com"
    return detail("ErrorInfo", reason=reason, domain=domain, metadata=metadata)


def exhausted(*details: Any, message: str = "") -> Any:
    return google(429, "RESOURCE_EXHAUSTED", message, *details)


def openai(code: str, message: str = "", type: str = "requests") -> Any:
    return {"error": {"message": message, "type": type, "param": None, "code": code}}


def anthropic(type: str, message: str = "") -> Any:
    return {"type": "error", "error": {"type": type, "message": message}}


DELAY = detail("RetryInfo", retryDelay="34.4s")
PER_DAY = quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")
REQUESTS = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}
TOKENS = {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "7.66s"}
GEMINI, OPENAI, ANTHROPIC = Family.GEMINI, Family.OPENAI, Family.ANTHROPIC
INPUT = {
    "anthropic-ratelimit-input-tokens-remaining": "0",
    "anthropic-ratelimit-input-tokens-reset": "2026-07-01T12:00:20Z",
}

Row = tuple[Family, int, Mapping[str, str], Any, float | None, float | None]
TABLE: dict[str, Row] = {
    # What it says: seconds until it serves that model, and another one (None: never by itself).
    "Gemini, a delay": (GEMINI, 429, {}, exhausted(DELAY), 34.4, 0),
    "Gemini, per day": (GEMINI, 429, {}, exhausted(DELAY, PER_DAY), DAY_OVER, 0),
    "Gemini, per minute": (GEMINI, 429, {}, exhausted(quota("PerMinute")), 60, 0),
    "Gemini, bare": (GEMINI, 429, {}, exhausted(message="Resource has been exhausted"), 60, 0),
    "Gemini, limit 0": (GEMINI, 429, {}, exhausted(message="limit: 0"), None, 0),
    "Gemini, words": (GEMINI, 429, {}, exhausted(message="Please retry in 48.9s."), 48.9, 0),
    "Gemini, overloaded": (GEMINI, 503, {}, google(503, "UNAVAILABLE"), 0, 0),
    "Gemini, a bad key": (
        GEMINI,
        400,
        {},
        google(400, "INVALID_ARGUMENT", "API key not valid."),
        60,
        60,
    ),
    "Code Assist, a moment": (
        GEMINI,
        429,
        {},
        exhausted(info("QUOTA_EXHAUSTED", quotaResetTimeStamp="2026-07-02T01:19:01Z")),
        13 * HOUR + 19 * 60 + 1,
        0,
    ),
    "Code Assist, a time": (
        GEMINI,
        429,
        {},
        exhausted(info("QUOTA_EXHAUSTED", quotaResetDelay="13h19m1.2s")),
        13 * HOUR + 19 * 60 + 1.2,
        0,
    ),
    "Code Assist, credits gone": (
        GEMINI,
        429,
        {},
        exhausted(info("INSUFFICIENT_G1_CREDITS_BALANCE")),
        HOUR,
        0,
    ),
    "Code Assist, no capacity": (
        GEMINI,
        429,
        {},
        exhausted(info("MODEL_CAPACITY_EXHAUSTED"), detail("RetryInfo", retryDelay="18000s")),
        300,
        0,
    ),
    "Code Assist, to be validated": (
        GEMINI,
        403,
        {},
        google(403, "PERMISSION_DENIED", "", info("VALIDATION_REQUIRED")),
        60,
        60,
    ),
    "OpenAI, requests": (OPENAI, 429, REQUESTS, openai("rate_limit_exceeded"), 360, 0),
    "OpenAI, tokens": (OPENAI, 429, TOKENS, openai("rate_limit_exceeded"), 7.66, 0),
    "OpenAI, both": (OPENAI, 429, REQUESTS | TOKENS, openai("rate_limit_exceeded"), 360, 0),
    "OpenAI, milliseconds": (OPENAI, 429, {"retry-after-ms": "1500"}, openai("x"), 1.5, 0),
    "OpenAI, words": (OPENAI, 429, {}, openai("x", "Please try again in 6m0s."), 360, 0),
    "OpenAI, nothing said": (OPENAI, 429, {}, openai("rate_limit_exceeded"), 60, 0),
    "OpenAI, no money": (OPENAI, 429, {}, openai("insufficient_quota"), HOUR, HOUR),
    "OpenAI, a bad key": (OPENAI, 401, {}, openai("invalid_api_key"), 60, 60),
    "OpenAI, a fault of its own": (OPENAI, 500, {}, openai("server_error"), 0, 0),
    "Anthropic, a delay": (ANTHROPIC, 429, {"retry-after": "9"}, anthropic("rate_limit"), 9, 0),
    "Anthropic, tokens": (ANTHROPIC, 429, INPUT, anthropic("rate_limit_error"), 20, 0),
    "Anthropic, overloaded": (ANTHROPIC, 529, {}, anthropic("overloaded_error"), 0, 0),
    "Anthropic, a bad key": (ANTHROPIC, 401, {}, anthropic("authentication_error"), 60, 60),
    "Anthropic, no money": (
        ANTHROPIC,
        400,
        {},
        anthropic("invalid_request_error", "Your credit balance is too low to go on."),
        HOUR,
        HOUR,
    ),
}


def learned(family: Family, status: int, headers: Mapping[str, str], body: Any) -> Health:
    raw = json.dumps(body).encode()
    verdict = read(family, status, headers, raw, model="g", now=NOW)
    sent_at = NOW - timedelta(seconds=1)
    return after(Health(), verdict.outcome, Policy(), sent_at=sent_at, now=NOW)


def seconds(moment: datetime | None) -> float | None:
    return None if moment is None else max((moment - NOW).total_seconds(), 0.0)


@pytest.mark.parametrize(
    ("family", "status", "headers", "body", "same", "other"), TABLE.values(), ids=TABLE.keys()
)
def test_when_it_serves_again(
    family: Family,
    status: int,
    headers: Mapping[str, str],
    body: Any,
    same: float | None,
    other: float | None,
) -> None:
    health = learned(family, status, headers, body)
    assert seconds(free_at(health, "g")) == same
    assert seconds(free_at(health, "f")) == other


MISTAKES: dict[str, tuple[Family, int, Any]] = {
    "Gemini, argument": (GEMINI, 400, google(400, "INVALID_ARGUMENT", "contents is required")),
    "Gemini, model": (GEMINI, 404, google(404, "NOT_FOUND")),
    "Gemini, words of a key": (GEMINI, 400, google(400, "INVALID_ARGUMENT", "he said: API key …")),
    "Gemini, words of a quota": (GEMINI, 400, google(400, "INVALID_ARGUMENT", "limit: 0")),
    "Gemini, somebody's file": (GEMINI, 403, google(403, "PERMISSION_DENIED", "access the File x")),
    "OpenAI, argument": (OPENAI, 400, openai("unsupported_value")),
    "OpenAI, model": (OPENAI, 404, openai("model_not_found")),
    "OpenAI, too large": (OPENAI, 413, openai("x")),
    "OpenAI, unprocessable": (OPENAI, 422, {"detail": []}),
    "OpenAI, too many tokens": (OPENAI, 429, openai("x", "Request too large for gpt-4o")),
    "Anthropic, argument": (ANTHROPIC, 400, anthropic("invalid_request_error", "messages.0")),
    "Anthropic, model": (ANTHROPIC, 404, anthropic("not_found_error")),
    "Anthropic, too large": (ANTHROPIC, 413, anthropic("request_too_large")),
}


@pytest.mark.parametrize(("family", "status", "body"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_client_s_mistake_changes_nothing(family: Family, status: int, body: Any) -> None:
    assert learned(family, status, {"retry-after": "60"}, body) == Health()


def mistaken(exchange: wire.Exchange) -> bool:
    return exchange["response"]["status"] in (400, 404, 413, 422)


@pytest.mark.parametrize("exchange", wire.exchanges("anthropic", mistaken))
def test_recorded_mistakes_of_anthropic_s_clients_change_nothing(exchange: wire.Exchange) -> None:
    answer = exchange["response"]
    assert learned(ANTHROPIC, answer["status"], {}, answer["body"]) == Health()
