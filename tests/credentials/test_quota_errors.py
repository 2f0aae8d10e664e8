"""Failures as they were recorded, and bodies that are none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.health import NotItsFault, RateLimited, Refused, Stumbled
from credentials.quota_errors import Family, Verdict, read
from tests.support import wire

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

WANT: dict[str, tuple[type, bool, str, float | None]] = {
    "gemini--generate-content-missing-model-b45672": (NotItsFault, False, "MODEL_NOT_FOUND", None),
    "gemini--google-429-retry-info-eb9bfc": (RateLimited, True, "RESOURCE_EXHAUSTED", 34.4),
    "gemini--google-gemini-2-5-flash-be8635": (Refused, True, "API_KEY_INVALID", None),
    "gemini--google-gemini-2-5-flash-e1d779": (Refused, True, "API_KEY_INVALID", None),
    "gemini--google-gemini-2-5-flash-fe84a1": (NotItsFault, False, "MODEL_NOT_FOUND", None),
    "gemini--google-test-embed-error-e977cd": (NotItsFault, False, "MODEL_NOT_FOUND", None),
    "gemini--multimodal-tool-return-matrix-direct-url-image-google-ve-9abe6e": (
        NotItsFault,
        False,
        "INVALID_ARGUMENT",
        None,
    ),
    "gemini--unary-failure-generativelanguage-api-not-enabled-394685": (
        Refused,
        True,
        "SERVICE_DISABLED",
        None,
    ),
    "gemini--unary-failure-iam-permission-denied-c05122": (
        Refused,
        True,
        "IAM_PERMISSION_DENIED",
        None,
    ),
    "gemini--unary-failure-quota-exceeded-678f65": (RateLimited, True, "RATE_LIMIT_EXCEEDED", 60),
    "openai-chat--async-pipeline-with-chat-prompt-builder-and-chat-generat-289c68": (
        Refused,
        True,
        "invalid_api_key",
        None,
    ),
    "openai-responses--error-handles-invalid-api-keys-gracefully-c68bcd": (
        Refused,
        True,
        "invalid_api_key",
        None,
    ),
    "openai-responses--fixtures-openai-error-1-dbe370": (
        RateLimited,
        True,
        "insufficient_quota",
        3600,
    ),
    "compat-azure-ai-foundry--real-error-scenarios-azure-grok-4-1-fast-non-reasoning-h-d850c4": (
        RateLimited,
        True,
        "RateLimitReached",
        1,
    ),
    "compat-azure-openai--azure-openai-embeddings-21bbcf": (Refused, True, "401", None),
}


def failed(exchange: wire.Exchange) -> bool:
    return bool(exchange["response"]["status"] >= 400)


def recorded() -> list[Any]:
    families = ("gemini", "openai-chat", "openai-responses", "openai-compatible")
    return [param for family in families for param in wire.exchanges(family, failed)]


def verdict_on(exchange: wire.Exchange) -> Verdict:
    answer = exchange["response"]
    family = Family.GEMINI if exchange["provider"] == "gemini" else Family.OPENAI
    text = answer.get("text") or json.dumps(answer["body"])
    headers = answer.get("headers") or {}
    return read(family, answer["status"], headers, text.encode(), model="g", now=NOW)


@pytest.mark.parametrize("exchange", recorded())
def test_what_was_recorded(exchange: wire.Exchange) -> None:
    found = verdict_on(exchange)
    expected = WANT.get(exchange["id"])
    if expected is None:  # every other recorded failure was the client's
        assert exchange["response"]["status"] in (400, 404)
        assert (found.outcome, found.retry) == (NotItsFault(), False)
    else:
        kind, *rest = expected
        assert isinstance(found.outcome, kind)
        assert [found.retry, found.reason, found.retry_after] == rest


@pytest.mark.parametrize("exchange", recorded())
def test_a_reason_is_a_code_and_quotes_nobody(exchange: wire.Exchange) -> None:
    assert " " not in verdict_on(exchange).reason


BODIES = {
    "empty": b"",
    "html": b"<html>429 Too Many Requests</html>",
    "not utf-8": b'{"error": "\xff"}',
    "cut": b'{"error": {"code": 429',
    "deep": b"[" * 200_000,
    "huge": b'{"error": {"code": 429, "message": "' + b"x" * (2 << 20) + b'"}}',
    "null": b"null",
    "a number": b"7",
    "an empty list": b"[]",
    "wrong types": b'{"error": {"code": "x", "status": 7, "message": [], "details": {"a": 1}}}',
    "wrong details": b'{"error": {"code": 429, "details": [null, {"@type": 7}, {"@type": '
    b'"type.googleapis.com/google.rpc.QuotaFailure", "violations": [7, {"quotaId": 7}]}, '
    b'{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": {"seconds": 7}}]}}',
}


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize(
    ("status", "outcome", "retry"),
    [
        (429, RateLimited, True),
        (500, Stumbled, True),
        (503, Stumbled, True),
        (400, NotItsFault, False),
        (413, NotItsFault, False),
        (404, NotItsFault, False),
    ],
)
def test_the_status_decides_when_the_body_says_nothing(
    family: Family, body: bytes, status: int, outcome: type, retry: bool
) -> None:
    found = read(family, status, {}, body, model="g", now=NOW)
    assert isinstance(found.outcome, outcome)
    assert found.retry is retry


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b'{"error": {"code": 499, "status": "CANCELLED", "message": "m"}}', Stumbled("g")),
        (b'[{"error": {"code": 503, "status": "UNAVAILABLE"}}]', Stumbled("g")),
        (b'{"error": {"code": 400, "status": "INVALID_ARGUMENT"}}', NotItsFault()),
        (b'{"error": {"code": "tool_use_failed", "status_code": 400}}', NotItsFault()),
        (b'{"error": {"message": "?"}}', Stumbled("g")),
        (b"", Stumbled("g")),
    ],
)
def test_an_error_under_status_200_counts_by_its_own_code(body: bytes, outcome: object) -> None:
    assert read(Family.GEMINI, 200, {}, body, model="g", now=NOW).outcome == outcome


def test_header_names_are_read_in_any_case() -> None:
    found = read(Family.OPENAI, 429, {"Retry-After": "7"}, b"{}", model="g", now=NOW)
    assert found.retry_after == 7


@given(
    family=st.sampled_from(Family),
    status=st.integers(200, 599),
    body=st.binary(max_size=50)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["error", "code", "status", "message", "details", "@type", "metadata"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    ).map(lambda value: json.dumps(value).encode()),
    header=st.text(max_size=12),
)
def test_it_never_raises(family: Family, status: int, body: bytes, header: str) -> None:
    headers = {"retry-after": header, "x-ratelimit-remaining": "0", "x-ratelimit-reset": header}
    assert isinstance(read(family, status, headers, body, model="g", now=NOW), Verdict)
