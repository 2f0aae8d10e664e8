"""An upstream's refusal, told to the client: its own words for a mistake, none for our key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from credentials.quota_errors import Family
from proxy.errors import ErrorKind
from proxy.ir import Dialect
from proxy.upstreams.base import AttemptFailed, Refusal
from proxy.upstreams.refusals import failure, quote

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def told(status: int, body: bytes) -> AttemptFailed:
    return failure(Family.GEMINI, Dialect.GEMINI, Refusal(status, {}, body), "m", NOW)


def test_a_mistake_is_quoted_and_not_retried() -> None:
    body = b'{"error":{"code":400,"message":"Bad role.","status":"INVALID_ARGUMENT"}}'
    failed = told(400, body)
    assert (failed.retry, failed.error.status, failed.error.kind) == (
        False,
        400,
        ErrorKind.UPSTREAM_REJECTED,
    )
    assert "Bad role." in failed.error.message
    assert failed.error.quoted is not None and failed.error.quoted.body == body


def test_a_bad_credential_is_ours_to_mend() -> None:
    body = (
        b'{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT",'
        b'"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",'
        b'"reason":"API_KEY_INVALID"}]}}'
    )
    failed = told(400, body)
    assert failed.retry and failed.error.status == 502
    assert "API key" not in failed.error.message
    assert failed.error.quoted is None


def test_a_limit_passes_its_waiting_time_on() -> None:
    body = (
        b'{"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED",'
        b'"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"48s"}]}}'
    )
    failed = told(429, body)
    assert (failed.error.status, failed.error.retry_after) == (429, 48)
    assert failed.retry


@pytest.mark.parametrize(("status", "seen"), [(500, 502), (503, 502), (529, 529)])
def test_an_outage_is_a_bad_gateway_and_overload_stays(status: int, seen: int) -> None:
    assert told(status, b"<html>busy</html>").error.status == seen


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"error":{"message":"a"}}', "a"),
        (b'[{"error":{"message":"a"}}]', "a"),
        (b'{"code":"x","error":"a"}', "a"),
        (b'{"detail":[{"message":"a"}]}', "a"),
        (b'{"detail":"a"}', "a"),
        (b"plain a\n", "plain a"),
        (b'{"error":{}}', ""),
        (b"\xff", "\ufffd"),
        (b"[" * 100_000, "[" * 2_000),
        (b'{"error":{"message":"' + b"x" * 9_000 + b'"}}', "x" * 2_000),
    ],
)
def test_it_finds_the_sentence(body: bytes, sentence: str) -> None:
    assert quote(body) == sentence
