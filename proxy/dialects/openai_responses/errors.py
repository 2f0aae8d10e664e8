"""The gateway's errors in OpenAI's words: `{"error": {message, type, param, code}}`."""

from __future__ import annotations

from typing import assert_never

import msgspec

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.errors import ErrorKind, GatewayError


def render(error: GatewayError) -> JSON:
    return {"error": fields(error)}


def fields(error: GatewayError) -> JSON:
    """The types are those that OpenAI's API sends; the code is the kind's."""
    return {
        "message": error.message,
        "type": _type(error.kind),
        "param": error.param,
        "code": error.kind.value,
    }


def failed(error: GatewayError) -> JSON:
    """The `error` of a failed response. Codex waits as long as the message of a limit says, asks
    again after what it does not know, and gives up at `invalid_prompt`."""
    code, message = _quoted(error) or _code(error.kind), error.message
    if code == ErrorKind.RATE_LIMITED.value and error.retry_after is not None:
        message += f" Please try again in {max(1, round(error.retry_after))}s."
    return {"code": code, "message": message}


def _code(kind: ErrorKind) -> str:
    """A word of the official `ResponseError`, or of those that Codex knows."""
    match _type(kind):
        case "invalid_request_error":
            return "invalid_prompt"
        case "requests":
            return "rate_limit_exceeded"
        case other:
            return other


def _quoted(error: GatewayError) -> str | None:
    """The code that an upstream of the same dialect gave."""
    if error.quoted is None or error.quoted.origin is not ORIGIN:
        return None
    try:
        return msgspec.json.decode(error.quoted.body, type=_Quoted).error.code
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


class _Error(msgspec.Struct):
    code: str | None = None


class _Quoted(msgspec.Struct):
    error: _Error


def _type(kind: ErrorKind) -> str:
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
            | ErrorKind.INTERNAL
        ):
            return "server_error"
        case other:
            assert_never(other)
