from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC, errors
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect

TYPES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""https://docs.claude.com/en/api/errors"""


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_has_a_type_of_anthropics(kind: ErrorKind) -> None:
    body = CODEC.render_error(GatewayError(kind, "Do this."))
    assert body["type"] == "error"
    assert body["error"]["type"] in TYPES
    assert body["error"]["message"] == "Do this."
    assert body["error"]["details"] == {"error_code": kind.value}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ErrorKind.INVALID_REQUEST, "invalid_request_error"),
        (ErrorKind.UNAUTHENTICATED, "authentication_error"),
        (ErrorKind.MODEL_NOT_FOUND, "not_found_error"),
        (ErrorKind.QUOTA_EXHAUSTED, "rate_limit_error"),
        (ErrorKind.TOO_LARGE, "request_too_large"),
        (ErrorKind.INTERNAL, "api_error"),
    ],
)
def test_the_type_agrees_with_the_status(kind: ErrorKind, expected: str) -> None:
    assert errors.of(kind) == expected
    assert TYPES[expected] == kind.http_status()


def test_the_field_is_named() -> None:
    error = GatewayError(ErrorKind.INVALID_REQUEST, "No.", param="messages[0]")
    assert CODEC.render_error(error)["error"]["details"]["param"] == "messages[0]"


@pytest.mark.parametrize(
    ("type", "kind", "status"),
    [
        ("rate_limit_error", ErrorKind.RATE_LIMITED, 429),
        ("overloaded_error", ErrorKind.UPSTREAM_BROKEN, 529),
        ("api_error", ErrorKind.UPSTREAM_BROKEN, 502),
        ("timeout_error", ErrorKind.UPSTREAM_TIMEOUT, 504),
        ("invalid_request_error", ErrorKind.UPSTREAM_REJECTED, 400),
        ("request_too_large", ErrorKind.UPSTREAM_REJECTED, 400),
        ("something_new", ErrorKind.UPSTREAM_BROKEN, 502),
        (5, ErrorKind.UPSTREAM_BROKEN, 502),
    ],
)
def test_an_error_of_the_upstream_is_read(type: Any, kind: ErrorKind, status: int) -> None:
    body = {"type": "error", "error": {"type": type, "message": "Why."}}
    error = errors.reported(body)
    assert error is not None
    assert (error.kind, error.status, error.message) == (kind, status, "Why.")
    assert error.quoted is not None
    assert error.quoted.origin is Dialect.ANTHROPIC


def test_an_overloaded_upstream_is_called_so() -> None:
    error = errors.named({"error": {"type": "overloaded_error", "message": "Overloaded"}})
    assert errors.words(error) == "overloaded_error"


@pytest.mark.parametrize("type", ["authentication_error", "permission_error", "billing_error"])
def test_what_concerns_our_credential_is_not_quoted(type: str) -> None:
    error = errors.named({"error": {"type": type, "message": "invalid x-api-key sk-ant-1"}})
    assert error.quoted is None
    assert "sk-ant" not in error.message


@pytest.mark.parametrize("body", [{}, {"type": "message"}, {"error": None}, [], None, "x"])
def test_what_is_no_error_is_none(body: Any) -> None:
    assert errors.reported(body) is None


@pytest.mark.parametrize("body", [{"type": "error"}, {"error": "x"}, {"error": ["x"]}])
def test_an_error_of_any_shape_is_one(body: Any) -> None:
    assert errors.reported(body) is not None
