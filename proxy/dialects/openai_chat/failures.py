"""Errors that an upstream reports in an answer that began with HTTP 200.

Seen shapes: `{"error": {…}}` alone, in a chunk (OpenRouter) or after `event: error` (Groq);
`{"code", "error": "text"}` (xAI); `{"object": "error", "message"}` (Mistral, vLLM);
`{"detail": …}` (Mistral); an `error` inside a choice (OpenRouter); Azure's prompt filter.
"""

from __future__ import annotations

from typing import Any

import msgspec

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat.keeping import ORIGIN
from proxy.errors import ErrorKind, GatewayError, Quoted

_LIMITS = frozenset({"rate_limit_exceeded", "insufficient_quota", "RateLimitReached"})
_REFUSALS = frozenset({"content_filter", "context_length_exceeded", "tool_use_failed"})
_LONGEST = 2_000


def found(body: JSON) -> GatewayError | None:
    """The error that this object reports, if it is one."""
    if body.get("error"):
        return _error(body, body["error"])
    if "choices" in body:
        return None
    if body.get("object") == "error" or body.get("type") == "error":
        return _error(body, body)
    if "detail" in body:
        return _error(body, {"message": _text(body["detail"])})
    return None


def named(body: Any) -> GatewayError:
    """The error of an `event: error`, whatever its data is."""
    known = found(body) if isinstance(body, dict) else None
    return known or _error(body, body if isinstance(body, dict) else {"message": _text(body)})


def unreadable(data: bytes, name: str) -> GatewayError:
    """The failure of an event called `name` that holds no JSON."""
    if name == "error":
        return named(data.decode("utf-8", "replace"))
    return broken("The upstream's stream holds an event that is no JSON.")


def inside(choice: JSON) -> GatewayError | None:
    """The error of one choice: it ends the whole answer."""
    if error := choice.get("error"):
        return _error({"error": error}, error)
    if choice.get("finish_reason") == "error":
        return broken("The upstream broke its answer off with an error.")
    return None


def broken(message: str) -> GatewayError:
    return GatewayError(ErrorKind.UPSTREAM_BROKEN, message)


def _error(body: Any, error: Any) -> GatewayError:
    fields = error if isinstance(error, dict) else {"message": _text(error)}
    status = _status(body, fields)
    kind = _kind(status, fields)
    if status in (401, 403):
        # The upstream's own words quote a part of the credential.
        return broken("The upstream does not accept the gateway's credential.")
    message = _text(fields.get("message") or "The upstream reported an error.")
    param = fields.get("param")
    return GatewayError(
        kind,
        message[:_LONGEST],
        param=param if isinstance(param, str) else None,
        quoted=Quoted(ORIGIN, status or kind.http_status(), msgspec.json.encode(body)),
    )


def _status(body: Any, error: JSON) -> int:
    """The HTTP status that the error would have had, 0 if it does not say."""
    outer = body if isinstance(body, dict) else {}
    for value in (error.get("status_code"), error.get("status"), error.get("code")):
        if number := _number(value):
            return number
    return _number(outer.get("status")) or _number(outer.get("code"))


def _number(value: Any) -> int:
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 400 <= value < 600 else 0


def _kind(status: int, error: JSON) -> ErrorKind:
    words = {word for word in (error.get("code"), error.get("type")) if isinstance(word, str)}
    if status == 429 or words & _LIMITS:
        return ErrorKind.RATE_LIMITED
    if 400 <= status < 500 or words & _REFUSALS or "invalid_request_error" in words:
        return ErrorKind.UPSTREAM_REJECTED
    return ErrorKind.UPSTREAM_BROKEN


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
