"""The gateway's errors in OpenAI's words: `{"error": {message, type, param, code}}`."""

from __future__ import annotations

from typing import assert_never

from proxy.dialects.base import JSON
from proxy.errors import ErrorKind, GatewayError


def render(error: GatewayError) -> JSON:
    return {"error": fields(error)}


def fields(error: GatewayError) -> JSON:
    """The types are those that OpenAI's API sends; the code is the kind's."""
    return {
        "message": error.message,
        "type": name(error.kind),
        "param": error.param,
        "code": error.kind.value,
    }


def name(kind: ErrorKind) -> str:
    """OpenAI's `type` for it."""
    match kind:
        case (
            ErrorKind.INVALID_REQUEST
            | ErrorKind.UNAUTHENTICATED
            | ErrorKind.FORBIDDEN
            | ErrorKind.PATH_NOT_FOUND
            | ErrorKind.MODEL_NOT_FOUND
            | ErrorKind.METHOD_NOT_ALLOWED
            | ErrorKind.TOO_LARGE
            | ErrorKind.UPSTREAM_REJECTED
        ):
            return "invalid_request_error"
        case ErrorKind.QUOTA_EXHAUSTED:
            return "insufficient_quota"
        case ErrorKind.RATE_LIMITED | ErrorKind.POOL_COOLING:
            # OpenAI's own type here is `requests` or `tokens`, the name of the limit that was hit.
            return "requests"
        case (
            ErrorKind.NO_CREDENTIAL
            | ErrorKind.UPSTREAM_TIMEOUT
            | ErrorKind.UPSTREAM_BROKEN
            | ErrorKind.CLIENT_GONE
            | ErrorKind.SHUTTING_DOWN
            | ErrorKind.DATABASE
            | ErrorKind.INTERNAL
        ):
            return "server_error"
        case other:
            assert_never(other)
