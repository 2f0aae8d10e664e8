"""Errors that upstreams report under HTTP 200."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import failures
from proxy.errors import ErrorKind


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ({"error": {"message": "m", "code": 400}}, ErrorKind.UPSTREAM_REJECTED, "m"),
        ({"error": {"message": "m", "code": "429"}}, ErrorKind.RATE_LIMITED, "m"),
        ({"error": {"message": "m", "code": "insufficient_quota"}}, ErrorKind.RATE_LIMITED, "m"),
        ({"error": {"message": "m", "status_code": 503}}, ErrorKind.UPSTREAM_BROKEN, "m"),
        ({"error": "text", "code": "odd"}, ErrorKind.UPSTREAM_BROKEN, "text"),
        ({"object": "error", "message": "m", "code": 422}, ErrorKind.UPSTREAM_REJECTED, "m"),
        ({"detail": [{"msg": "bad"}]}, ErrorKind.UPSTREAM_BROKEN, '[{"msg":"bad"}]'),
        ({"error": {"code": 500}}, ErrorKind.UPSTREAM_BROKEN, "The upstream reported an error."),
    ],
    ids=["400", "429", "quota", "503", "xai", "mistral", "detail", "silent"],
)
def test_an_error_is_found(body: dict[str, Any], kind: ErrorKind, message: str) -> None:
    error = failures.found(body)
    assert error is not None
    assert (error.kind, error.message) == (kind, message)


@pytest.mark.parametrize("body", [{}, {"error": None}, {"choices": [], "detail": 1}])
def test_an_answer_is_no_error(body: dict[str, Any]) -> None:
    assert failures.found(body) is None


def test_a_refused_credential_is_not_quoted() -> None:
    body = {"error": {"message": "Incorrect API key provided: sk-abc", "status": 401}}
    error = failures.found(body)
    assert error is not None
    assert error.kind is ErrorKind.UPSTREAM_BROKEN
    assert "sk-abc" not in error.message
    assert error.quoted is None


@pytest.mark.parametrize("data", [{"message": "m"}, "m", 5, None, []])
def test_an_error_event_is_one_whatever_it_holds(data: Any) -> None:
    assert failures.named(data).message


def test_one_choice_may_break_off() -> None:
    assert failures.inside({"finish_reason": "error"}) is not None
    assert failures.inside({"error": {"code": 502, "message": "m"}}) is not None
    assert failures.inside({"finish_reason": "stop"}) is None
