from __future__ import annotations

import re
from typing import Any

import pytest

from proxy.dialects.gemini import CODEC
from proxy.dialects.gemini.errors import STATUSES, reported
from proxy.errors import ErrorKind, GatewayError, Quoted, invalid
from proxy.ir import Dialect


def test_every_kind_has_a_status() -> None:
    assert STATUSES.keys() == set(ErrorKind)


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_is_said_in_googles_shape(kind: ErrorKind) -> None:
    error = CODEC.render_error(GatewayError(kind, "why"))["error"]
    assert error["code"] == kind.http_status()
    assert error["message"] == "why"
    assert error["details"][0]["reason"] == kind.value.upper()
    assert error["details"][0]["domain"] == "potluck"


def test_when_to_come_back_is_whole_seconds() -> None:
    error = CODEC.render_error(GatewayError(ErrorKind.RATE_LIMITED, "slow down", retry_after=1.2))
    retry = error["error"]["details"][-1]
    assert retry == {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2s"}


def test_the_offending_field_is_named() -> None:
    error = CODEC.render_error(invalid("must be a list", "contents"))["error"]
    (violation,) = error["details"][1]["fieldViolations"]
    assert violation == {"field": "contents", "description": "must be a list"}


@pytest.mark.parametrize(
    "message",
    [
        "You have exhausted your capacity",
        "Capacity exceeded",
        "MODEL_CAPACITY_EXHAUSTED",
        "limit: 0",
    ],
)
def test_words_that_stop_gemini_cli_are_avoided(message: str) -> None:
    said = CODEC.render_error(GatewayError(ErrorKind.POOL_COOLING, message))["error"]["message"]
    traps = r"exhausted your capacity|capacity exceeded|CAPACITY_EXHAUSTED|limit: 0"
    assert not re.search(traps, said, re.IGNORECASE)


@pytest.mark.parametrize(
    ("origin", "body", "verbatim"),
    [
        (Dialect.GEMINI, b'{"error":{"code":400}}', True),
        (Dialect.GEMINI, b'[{"error":{"code":400}}]', True),
        (Dialect.GEMINI, b"<html>", False),
        (Dialect.ANTHROPIC, b'{"error":{"code":400}}', False),
    ],
    ids=["own", "list", "no json", "foreign"],
)
def test_an_upstreams_own_words_are_passed_on(origin: Dialect, body: bytes, verbatim: bool) -> None:
    quoted = Quoted(origin, 400, body)
    error = GatewayError(ErrorKind.UPSTREAM_REJECTED, "no", quoted=quoted)
    assert (CODEC.render_error(error) == {"error": {"code": 400}}) is verbatim


@pytest.mark.parametrize(
    ("told", "kind", "retry_after"),
    [
        ({"code": 400}, ErrorKind.UPSTREAM_REJECTED, None),
        ({"code": 403}, ErrorKind.UPSTREAM_BROKEN, None),
        ({"code": 504}, ErrorKind.UPSTREAM_TIMEOUT, None),
        ({"status": "UNAVAILABLE"}, ErrorKind.UPSTREAM_BROKEN, None),
        ("boom", ErrorKind.UPSTREAM_BROKEN, None),
        ({"code": 429, "details": [{"retryDelay": "34.4s"}]}, ErrorKind.RATE_LIMITED, 34.4),
    ],
    ids=str,
)
def test_an_upstreams_error_is_sorted(
    told: Any, kind: ErrorKind, retry_after: float | None
) -> None:
    error = reported({"error": told})
    assert error is not None
    assert (error.kind, error.retry_after) == (kind, retry_after)


def test_an_answer_is_no_error() -> None:
    assert reported({"candidates": []}) is None
    assert reported({"error": None}) is None
    assert reported([1, {}]) is None


def test_lists_in_lists_are_no_error_and_no_recursion() -> None:
    body: Any = {"error": {"code": 500}}
    for _ in range(5000):
        body = [body]
    assert reported(body) is None
