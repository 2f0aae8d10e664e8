"""The `error` of a response that failed: a code that its clients know, and a message."""

from __future__ import annotations

import msgspec

from proxy.dialects.base import JSON
from proxy.dialects.jsontext import BROKEN
from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.dialects.openai_words import name
from proxy.errors import ErrorKind, GatewayError


def failed(error: GatewayError) -> JSON:
    """The `error` of a failed response. Codex waits as long as the message of a limit says, asks
    again after what it does not know, and gives up at `invalid_prompt`."""
    code, message = _quoted(error) or _code(error.kind), error.message
    if code == ErrorKind.RATE_LIMITED.value and error.retry_after is not None:
        message += f" Please try again in {max(1, round(error.retry_after))}s."
    return {"code": code, "message": message}


def _code(kind: ErrorKind) -> str:
    """A word of the official `ResponseError`, or of those that Codex knows."""
    match name(kind):
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
    except BROKEN:
        return None


class _Error(msgspec.Struct):
    code: str | None = None


class _Quoted(msgspec.Struct):
    error: _Error
