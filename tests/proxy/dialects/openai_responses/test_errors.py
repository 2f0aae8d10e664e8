from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_responses import CODEC, errors, failures
from proxy.errors import ErrorKind, GatewayError, Quoted
from proxy.ir import Dialect


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_has_a_type_and_a_code(kind: ErrorKind) -> None:
    error = CODEC.render_error(GatewayError(kind, "why", param="input"))["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["message"], error["param"], error["code"]) == ("why", "input", kind.value)
    assert errors.failed(GatewayError(kind, "why"))["code"] in CODES


CODES = {"server_error", "rate_limit_exceeded", "insufficient_quota", "invalid_prompt"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error": {"code": "context_length_exceeded"}}', "context_length_exceeded"),
        (b'{"error": {"code": 7}}', "invalid_prompt"),
        (b"<html>", "invalid_prompt"),
    ],
)
def test_an_upstreams_own_code_is_told(body: bytes, code: str) -> None:
    quoted = Quoted(Dialect.OPENAI_RESPONSES, 400, body)
    error = GatewayError(ErrorKind.UPSTREAM_REJECTED, "no", quoted=quoted)
    assert errors.failed(error)["code"] == code


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"code": "rate_limit_exceeded", "message": "x"}}, ErrorKind.RATE_LIMITED),
        ({"error": {"code": 429, "message": "x"}}, ErrorKind.RATE_LIMITED),
        ({"error": {"code": "server_error", "message": "x"}}, ErrorKind.UPSTREAM_BROKEN),
        ({"error": {"code": 503, "message": "x"}}, ErrorKind.UPSTREAM_BROKEN),
        ({"error": {"code": "model_not_found", "message": "x"}}, ErrorKind.UPSTREAM_REJECTED),
        ({"error": {"type": "invalid_request_error"}}, ErrorKind.UPSTREAM_REJECTED),
        ({"error": "text"}, ErrorKind.UPSTREAM_BROKEN),
        ({"status": "failed", "output": [], "error": None}, ErrorKind.UPSTREAM_BROKEN),
    ],
)
def test_the_kind_of_a_failure(body: Any, kind: ErrorKind) -> None:
    error = failures.found(body)
    assert error is not None
    assert error.kind is kind
    assert error.message


def test_a_refused_credential_is_not_quoted() -> None:
    error = failures.found({"error": {"code": "invalid_api_key", "message": "sk-secret is bad"}})
    assert error is not None
    assert "sk-secret" not in error.message
    assert error.quoted is None


def test_an_answer_is_no_failure() -> None:
    assert failures.found({"status": "completed", "output": [], "error": None}) is None
