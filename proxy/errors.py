"""Everything that can go wrong, as one closed set with a status and a stable code.

A dialect says an error in its own words (`dialects/*/errors.py`); the `code` is the same in all.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from proxy.ir import Dialect, Media
from proxy.reasons import Reason


class ErrorKind(enum.StrEnum):
    """The value is the stable code that clients and the request log see."""

    INVALID_REQUEST = "invalid_request"
    UNAUTHENTICATED = "invalid_api_key"
    FORBIDDEN = "forbidden"
    PATH_NOT_FOUND = "path_not_found"
    MODEL_NOT_FOUND = "model_not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TOO_LARGE = "request_too_large"
    QUOTA_EXHAUSTED = "insufficient_quota"
    RATE_LIMITED = "rate_limit_exceeded"
    POOL_COOLING = "upstream_cooling"
    NO_CREDENTIAL = "no_credential"
    UPSTREAM_REJECTED = "upstream_rejected"
    UPSTREAM_TIMEOUT = "upstream_timeout"
    UPSTREAM_BROKEN = "upstream_failed"
    CLIENT_GONE = "client_disconnected"
    SHUTTING_DOWN = "shutting_down"
    DATABASE = "database_unavailable"
    INTERNAL = "internal_error"

    def http_status(self) -> int:  # noqa: C901 - a table, which mypy proves complete
        """HTTP status when the answer has not begun. CLIENT_GONE is only ever logged (499)."""
        match self:
            case ErrorKind.INVALID_REQUEST | ErrorKind.UPSTREAM_REJECTED:
                return 400
            case ErrorKind.UNAUTHENTICATED:
                return 401
            case ErrorKind.FORBIDDEN:
                return 403
            case ErrorKind.PATH_NOT_FOUND | ErrorKind.MODEL_NOT_FOUND:
                return 404
            case ErrorKind.METHOD_NOT_ALLOWED:
                return 405
            case ErrorKind.TOO_LARGE:
                return 413
            case ErrorKind.QUOTA_EXHAUSTED | ErrorKind.RATE_LIMITED | ErrorKind.POOL_COOLING:
                return 429
            case ErrorKind.CLIENT_GONE:
                return 499
            case ErrorKind.INTERNAL:
                return 500
            case ErrorKind.UPSTREAM_BROKEN:
                return 502
            case ErrorKind.NO_CREDENTIAL | ErrorKind.SHUTTING_DOWN | ErrorKind.DATABASE:
                return 503
            case ErrorKind.UPSTREAM_TIMEOUT:
                return 504
            case other:
                assert_never(other)


_USUAL: Mapping[ErrorKind, Reason] = {
    ErrorKind.INVALID_REQUEST: Reason.REQUEST_INVALID,
    ErrorKind.UNAUTHENTICATED: Reason.KEY_UNKNOWN,
    ErrorKind.FORBIDDEN: Reason.KEY_DISABLED,
    ErrorKind.PATH_NOT_FOUND: Reason.REQUEST_PATH,
    ErrorKind.MODEL_NOT_FOUND: Reason.REQUEST_MODEL,
    ErrorKind.METHOD_NOT_ALLOWED: Reason.REQUEST_METHOD,
    ErrorKind.TOO_LARGE: Reason.REQUEST_SIZE,
    ErrorKind.QUOTA_EXHAUSTED: Reason.KEY_TOTAL,
    ErrorKind.RATE_LIMITED: Reason.UPSTREAM_LIMIT,
    ErrorKind.POOL_COOLING: Reason.UPSTREAM_LIMIT,
    ErrorKind.NO_CREDENTIAL: Reason.POOL_UNFIT,
    ErrorKind.UPSTREAM_REJECTED: Reason.UPSTREAM_REJECTED,
    ErrorKind.UPSTREAM_TIMEOUT: Reason.UPSTREAM_TIMEOUT,
    ErrorKind.UPSTREAM_BROKEN: Reason.UPSTREAM_FAILED,
    ErrorKind.CLIENT_GONE: Reason.CLIENT_GONE,
    ErrorKind.SHUTTING_DOWN: Reason.GATEWAY_STOPPING,
    ErrorKind.DATABASE: Reason.GATEWAY_DATABASE,
    ErrorKind.INTERNAL: Reason.GATEWAY_FAILED,
}


@dataclass(frozen=True, slots=True)
class Quoted:
    """An upstream's own error answer; a client of the same dialect gets `body` verbatim."""

    origin: Dialect
    status: int
    body: bytes


class GatewayError(Exception):
    """A request that ends without an answer, or an answer that breaks off.

    `message` tells the caller what to do and holds no secret. `retry_after` is in seconds.
    `param` names the offending field (`messages[2].content`), if it is one. `status` overrides
    the kind's own, to pass on an upstream's. `reason` says finer than the kind what refused.
    `about` is the file or picture that is wrong, if it is one.
    """

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        *,
        retry_after: float | None = None,
        param: str | None = None,
        status: int | None = None,
        quoted: Quoted | None = None,
        headers: Mapping[str, str] | None = None,
        reason: Reason | None = None,
        about: Media | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retry_after = retry_after
        self.param = param
        self.status = status or kind.http_status()
        self.quoted = quoted
        self.headers = headers or {}
        self.reason = reason or _USUAL[kind]
        self.about = about


def invalid(message: str, param: str | None = None) -> GatewayError:
    """The caller's mistake: say which field and what would be right."""
    return GatewayError(ErrorKind.INVALID_REQUEST, message, param=param)
