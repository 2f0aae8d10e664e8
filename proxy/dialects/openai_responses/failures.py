"""Errors that an upstream reports in an answer that began with HTTP 200.

Seen shapes (as recorded): `{"type": "error", "error": {…}}` in the stream, the same flat as
the official types have it, `response.error` of a failed response, and `{"error": {…}}` alone.
"""

from __future__ import annotations

from typing import Any

import msgspec

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.errors import ErrorKind, GatewayError, Quoted

_LIMITS = frozenset({"rate_limit_exceeded", "insufficient_quota", "usage_limit_reached"})
_BROKEN = frozenset({"server_error", "server_is_overloaded", "vector_store_timeout"})
_LONGEST = 2_000


def found(body: JSON) -> GatewayError | None:
    """The error that a whole answer is, if it is one."""
    if body.get("status") == "failed" or body.get("type") == "error":
        return named(body)
    if body.get("error") and "output" not in body:
        return named(body)
    return None


def named(body: Any) -> GatewayError:
    """The error of an event, whatever its data is."""
    error = body.get("error") if isinstance(body, dict) else None
    if error:
        return _error(error)
    return _error(body if isinstance(body, dict) else {"message": _text(body)})


def broken(message: str) -> GatewayError:
    return GatewayError(ErrorKind.UPSTREAM_BROKEN, message)


def _error(error: Any) -> GatewayError:
    fields = error if isinstance(error, dict) else {"message": _text(error)}
    kind, status = _kind(fields)
    if fields.get("code") == "invalid_api_key" or status in (401, 403):
        # The upstream's own words quote a part of the credential.
        return broken("The upstream does not accept the gateway's credential.")
    message = _text(fields.get("message") or "The upstream reported an error.")[:_LONGEST]
    param = fields.get("param")
    wire = {
        "message": message,
        "type": fields.get("type") if fields.get("type") != "error" else None,
        "param": param,
        "code": fields.get("code"),
    }
    return GatewayError(
        kind,
        message,
        param=param if isinstance(param, str) else None,
        quoted=Quoted(ORIGIN, status or kind.http_status(), msgspec.json.encode({"error": wire})),
    )


def _kind(error: JSON) -> tuple[ErrorKind, int]:
    """The kind, and the HTTP status that the error tells, 0 if it does not."""
    status = error.get("status") or error.get("status_code") or error.get("code")
    status = status if type(status) is int and 400 <= status < 600 else 0
    words = {word for word in (error.get("code"), error.get("type")) if isinstance(word, str)}
    if status == 429 or words & _LIMITS:
        return ErrorKind.RATE_LIMITED, status
    if words & _BROKEN or status >= 500:
        return ErrorKind.UPSTREAM_BROKEN, status
    if status or isinstance(error.get("code"), str) or "invalid_request_error" in words:
        # Every other code that OpenAI lists is about what was asked.
        return ErrorKind.UPSTREAM_REJECTED, status
    return ErrorKind.UPSTREAM_BROKEN, status


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
