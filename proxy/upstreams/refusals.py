"""From an upstream's error answer to what the client is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from credentials import quota_errors
from credentials.health import Barred, NotItsFault, RateLimited, Refused
from proxy.errors import ErrorKind, GatewayError, Quoted
from proxy.ir import Dialect
from proxy.reasons import again, figures
from proxy.upstreams.base import AttemptFailed, Refusal

_QUOTE_LIMIT = 2_000


def failure(
    family: quota_errors.Family, dialect: Dialect, refusal: Refusal, model: str, now: datetime
) -> AttemptFailed:
    """The pool's verdict together with an error that names the upstream's own words."""
    verdict = quota_errors.read(
        family, refusal.status, refusal.headers, refusal.body, model=model, now=now
    )
    said = quote(refusal.body) or verdict.reason
    match verdict.outcome:
        case NotItsFault():
            error = _rejected(refusal, dialect, said)
        case RateLimited() | Barred():
            error = _spent(model, verdict.retry_after, now)
        case Refused():
            error = GatewayError(
                ErrorKind.UPSTREAM_BROKEN,
                "The upstream refused this gateway's credential; the operator sees the reason in "
                "the request log.",
            )
        case _:
            error = GatewayError(
                ErrorKind.UPSTREAM_BROKEN,
                f"The upstream failed with status {refusal.status}: {said}",
                retry_after=verdict.retry_after,
                # Anthropic's "overloaded": its clients wait longer for it than for a 502.
                status=529 if refusal.status == 529 else None,
            )
    reason = f"{refusal.status} {verdict.reason}: {said}"
    return AttemptFailed(
        verdict.outcome, error, retry=verdict.retry, reason=reason, status=refusal.status
    )


def _spent(model: str, wait: float | None, now: datetime) -> GatewayError:
    # The upstream's own words are about the operator's plan and billing: the request log has them.
    when = "Try again later." if wait is None else again(wait, now)
    message = f"The upstream's limit for `{model}` is reached. {when}"
    reset = None if wait is None else now + timedelta(seconds=wait)
    return GatewayError(
        ErrorKind.POOL_COOLING, message, retry_after=wait, headers=figures(reset=reset)
    )


def _rejected(refusal: Refusal, dialect: Dialect, said: str) -> GatewayError:
    # The caller's own mistake: a caller of the same dialect gets the upstream's very words.
    status = refusal.status if 400 <= refusal.status < 500 else 400
    kind = ErrorKind.MODEL_NOT_FOUND if status == 404 else ErrorKind.UPSTREAM_REJECTED
    quoted = Quoted(dialect, status, refusal.body)
    return GatewayError(kind, f"The upstream says: {said}", status=status, quoted=quoted)


def quote(body: bytes) -> str:
    """The human sentence in an error body of any of the known shapes, cut to 2 kB."""
    try:
        value: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return body[:_QUOTE_LIMIT].decode("utf-8", "replace").strip()
    return _sentence(value)[:_QUOTE_LIMIT]


def _sentence(value: Any) -> str:
    if isinstance(value, list) and value:
        return _sentence(value[0])
    if isinstance(value, dict):
        for field in ("error", "message", "detail"):
            if found := _sentence(value.get(field)):
                return found
    return value if isinstance(value, str) else ""
