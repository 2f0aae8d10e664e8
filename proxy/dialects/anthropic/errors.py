"""Errors in Anthropic's words: said to clients, and read from upstreams that fail in mid-answer.

`error.details.error_code` is where Anthropic's SDKs (2.11) read a stable code.
"""

from __future__ import annotations

from typing import Any, assert_never

from proxy.dialects.anthropic.fields import ORIGIN
from proxy.dialects.base import JSON
from proxy.dialects.jsontext import encoded
from proxy.errors import ErrorKind, GatewayError, Quoted

OVERLOADED = 529
"""Anthropic's own HTTP status."""

_LONGEST = 2_000
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": OVERLOADED,
}


def render(error: GatewayError) -> JSON:
    details: JSON = {"error_code": error.kind.value}
    if error.param:
        details["param"] = error.param
    told = {"type": words(error), "message": error.message, "details": details}
    return {"type": "error", "error": told}


def words(error: GatewayError) -> str:
    """The `type`. Anthropic's 529 has no kind of its own, so the status tells."""
    return "overloaded_error" if error.status == OVERLOADED else of(error.kind)


def of(kind: ErrorKind) -> str:
    match kind:
        case ErrorKind.INVALID_REQUEST | ErrorKind.METHOD_NOT_ALLOWED | ErrorKind.UPSTREAM_REJECTED:
            return "invalid_request_error"
        case ErrorKind.UNAUTHENTICATED:
            return "authentication_error"
        case ErrorKind.FORBIDDEN:
            return "permission_error"
        case ErrorKind.PATH_NOT_FOUND | ErrorKind.MODEL_NOT_FOUND:
            return "not_found_error"
        case ErrorKind.TOO_LARGE:
            return "request_too_large"
        case ErrorKind.QUOTA_EXHAUSTED | ErrorKind.RATE_LIMITED | ErrorKind.POOL_COOLING:
            return "rate_limit_error"
        case ErrorKind.UPSTREAM_TIMEOUT:
            return "timeout_error"
        case ErrorKind.NO_CREDENTIAL | ErrorKind.SHUTTING_DOWN | ErrorKind.DATABASE:
            return "overloaded_error"
        case ErrorKind.UPSTREAM_BROKEN | ErrorKind.CLIENT_GONE | ErrorKind.INTERNAL:
            return "api_error"
        case other:
            assert_never(other)


def reported(body: Any) -> GatewayError | None:
    """The error that an upstream reported after its status was 200, if `body` is one."""
    told = body.get("error") if isinstance(body, dict) else None
    if not told:
        is_error = isinstance(body, dict) and body.get("type") == "error"
        return named(body) if is_error else None
    return named(body)


def named(body: Any) -> GatewayError:
    """The error of an `event: error`, whatever its data is."""
    told = body.get("error", body) if isinstance(body, dict) else {"message": body}
    fields = told if isinstance(told, dict) else {"message": told}
    kind = fields.get("type")
    status = _STATUSES.get(kind, 500) if isinstance(kind, str) else 500
    if status in (401, 402, 403):
        # The upstream's own words may quote a part of the credential.
        return broken("The upstream does not accept the gateway's credential.")
    said = fields.get("message")
    message = said if isinstance(said, str) and said else "The upstream reported an error."
    quoted = Quoted(ORIGIN, status, encoded(body, empty="").encode("utf-8", "replace"))
    shown = status if status == OVERLOADED else None
    return GatewayError(_kind(status), message[:_LONGEST], status=shown, quoted=quoted)


def broken(message: str) -> GatewayError:
    return GatewayError(ErrorKind.UPSTREAM_BROKEN, message)


def _kind(status: int) -> ErrorKind:
    if status == 429:
        return ErrorKind.RATE_LIMITED
    if status == 504:
        return ErrorKind.UPSTREAM_TIMEOUT
    return ErrorKind.UPSTREAM_REJECTED if status < 429 else ErrorKind.UPSTREAM_BROKEN
