"""Errors as google.rpc.Status: said to clients, and read from upstreams that fail in mid-answer."""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec

from proxy.dialects.base import JSON
from proxy.errors import ErrorKind, GatewayError, Quoted
from proxy.ir import Dialect

STATUSES: dict[ErrorKind, str] = {
    ErrorKind.INVALID_REQUEST: "INVALID_ARGUMENT",
    ErrorKind.UNAUTHENTICATED: "UNAUTHENTICATED",
    ErrorKind.FORBIDDEN: "PERMISSION_DENIED",
    ErrorKind.PATH_NOT_FOUND: "NOT_FOUND",
    ErrorKind.MODEL_NOT_FOUND: "NOT_FOUND",
    ErrorKind.METHOD_NOT_ALLOWED: "UNIMPLEMENTED",
    ErrorKind.TOO_LARGE: "INVALID_ARGUMENT",
    ErrorKind.QUOTA_EXHAUSTED: "RESOURCE_EXHAUSTED",
    ErrorKind.RATE_LIMITED: "RESOURCE_EXHAUSTED",
    ErrorKind.POOL_COOLING: "RESOURCE_EXHAUSTED",
    ErrorKind.NO_CREDENTIAL: "UNAVAILABLE",
    ErrorKind.UPSTREAM_REJECTED: "INVALID_ARGUMENT",
    ErrorKind.UPSTREAM_TIMEOUT: "DEADLINE_EXCEEDED",
    ErrorKind.UPSTREAM_BROKEN: "UNAVAILABLE",
    ErrorKind.CLIENT_GONE: "CANCELLED",
    ErrorKind.SHUTTING_DOWN: "UNAVAILABLE",
    ErrorKind.DATABASE: "UNAVAILABLE",
    ErrorKind.INTERNAL: "INTERNAL",
}

DOMAIN = "potluck"

_TYPE = "type.googleapis.com/google.rpc."

# gemini-cli reads these words as "wait, for hours if told so", or as "never again".
_TRAPS = re.compile(
    r"exhausted your capacity|capacity exceeded|MODEL_CAPACITY_EXHAUSTED|limit: 0\b", re.IGNORECASE
)


def render(error: GatewayError) -> JSON:
    """The error body; an upstream's own words when it spoke this dialect."""
    return quoted(error) or {
        "error": {
            "code": error.status,
            "message": _TRAPS.sub("no capacity left", error.message),
            "status": STATUSES[error.kind],
            "details": _details(error),
        }
    }


def quoted(error: GatewayError) -> JSON | None:
    if error.quoted is None or error.quoted.origin is not Dialect.GEMINI:
        return None
    try:
        body = msgspec.json.decode(error.quoted.body)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    if isinstance(body, list) and body:
        body = body[0]
    return body if isinstance(body, dict) and "error" in body else None


_DAY = 86_400.0


def _details(error: GatewayError) -> list[JSON]:
    info = {"@type": f"{_TYPE}ErrorInfo", "reason": error.kind.value.upper(), "domain": DOMAIN}
    details: list[JSON] = [info]
    if error.param:
        violation = {"field": error.param, "description": error.message}
        details.append({"@type": f"{_TYPE}BadRequest", "fieldViolations": [violation]})
    wait = error.retry_after
    if wait is None and error.kind is ErrorKind.QUOTA_EXHAUSTED:
        # Gemini CLI asks ten times more, unless it is told to wait for more than five minutes.
        wait = _DAY
    if wait is not None:
        delay = f"{max(0, math.ceil(wait))}s"
        details.append({"@type": f"{_TYPE}RetryInfo", "retryDelay": delay})
    return details


def reported(body: Any) -> GatewayError | None:
    """The error that an upstream reported after its status was 200, if `body` is one.

    Google wraps some in a list (as recorded).
    """
    if isinstance(body, list):
        body = next((one for one in body if isinstance(one, dict) and one.get("error")), None)
    told = body.get("error") if isinstance(body, dict) else None
    if not told:
        return None
    if not isinstance(told, dict):
        told = {"message": str(told)}
    code = told.get("code")
    code = code if isinstance(code, int) and 400 <= code <= 599 else _CODES.get(_status(told), 502)
    return GatewayError(
        _kind(code),
        f"The upstream broke off with: {told.get('message') or _status(told) or code}"[:2000],
        retry_after=_delay(told.get("details")),
        quoted=Quoted(Dialect.GEMINI, code, _encoded(body)),
    )


_CODES = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}


def _status(told: JSON) -> str:
    return str(told.get("status") or "")


def _kind(code: int) -> ErrorKind:
    if code == 429:
        return ErrorKind.RATE_LIMITED
    if code == 504:
        return ErrorKind.UPSTREAM_TIMEOUT
    # 401 and 403 are about our credential, 499 is Google's "cancelled": not the caller's mistakes.
    return ErrorKind.UPSTREAM_REJECTED if code in (400, 404, 413) else ErrorKind.UPSTREAM_BROKEN


def _delay(details: Any) -> float | None:
    for detail in details if isinstance(details, list) else ():
        delay = detail.get("retryDelay") if isinstance(detail, dict) else None
        if isinstance(delay, str) and (found := _SECONDS.fullmatch(delay)):
            return float(found[1])
    return None


_SECONDS = re.compile(r"(\d{1,9}(?:\.\d+)?)s")


def _encoded(body: Any) -> bytes:
    try:
        return msgspec.json.encode(body)
    except (UnicodeError, RecursionError):
        return b"{}"
