"""Why a request was refused, as stable words for programs: the header `x-potluck-reason`.

The error code (`ErrorKind`) is what SDKs know; several reasons share one. Every member is explained
in docs/endpoints.md.
"""

from __future__ import annotations

import enum
import math
from datetime import UTC, datetime, timedelta

HEADER = "x-potluck-reason"


class Reason(enum.StrEnum):
    KEY_MISSING = "key.missing"
    KEY_UNKNOWN = "key.unknown"
    KEY_DISABLED = "key.disabled"
    KEY_EXPIRED = "key.expired"
    KEY_ADDRESS = "key.address"
    KEY_MODEL = "key.model"
    KEY_TOTAL = "key.quota.total"
    KEY_DAILY = "key.quota.daily"
    KEY_MODEL_DAILY = "key.quota.model_daily"
    KEY_MINUTE = "key.rpm"
    KEY_CONCURRENCY = "key.concurrency"
    ADDRESS_MINUTE = "address.rpm"
    ADDRESS_DAY = "address.rpd"
    POOL_COOLING = "pool.cooling"
    POOL_EMPTY = "pool.empty"
    POOL_OFF = "pool.off"
    POOL_UNFIT = "pool.unfit"
    REQUEST_INVALID = "request.invalid"
    REQUEST_METHOD = "request.method"
    REQUEST_PATH = "request.path"
    REQUEST_MODEL = "request.model"
    REQUEST_SIZE = "request.size"
    REQUEST_ENCODING = "request.encoding"
    UPSTREAM_REJECTED = "upstream.rejected"
    UPSTREAM_LIMIT = "upstream.limit"
    UPSTREAM_TIMEOUT = "upstream.timeout"
    UPSTREAM_FAILED = "upstream.failed"
    GATEWAY_STOPPING = "gateway.stopping"
    GATEWAY_DATABASE = "gateway.database"
    GATEWAY_FAILED = "gateway.failed"
    CLIENT_GONE = "client.gone"


def figures(
    *, limit: int | None = None, remaining: int | None = None, reset: datetime | None = None
) -> dict[str, str]:
    """Headers that say how much a limit allows, what is left, and when it begins anew."""
    told: dict[str, str] = {}
    if limit is not None:
        told["x-potluck-limit"] = str(limit)
    if remaining is not None:
        told["x-potluck-remaining"] = str(remaining)
    if reset is not None:
        whole = reset.astimezone(UTC) + timedelta(microseconds=-reset.microsecond % 1_000_000)
        told["x-potluck-reset"] = f"{whole:%Y-%m-%dT%H:%M:%SZ}"
    return told


_SHORT = 120


def again(seconds: float, now: datetime) -> str:
    """When to come back, as a person reads it. Some clients read "try again in 12 seconds" and
    wait that long; nobody waits for hours, so of those the hour is told."""
    if seconds <= _SHORT:
        whole = max(1, math.ceil(seconds))
        return f"Try again in {whole} second{'s' if whole > 1 else ''}."
    moment = (now + timedelta(seconds=round(seconds))).astimezone(UTC)
    moment += timedelta(seconds=-(moment.second + moment.microsecond / 1e6) % 60)
    day = "" if seconds < 86_400 else f"{moment:%Y-%m-%d} "
    return f"Try again after {day}{moment:%H:%M} UTC (in {_about(seconds)})."


def _about(seconds: float) -> str:
    minutes, hours, days = (max(1, math.floor(seconds / unit)) for unit in (60, 3_600, 86_400))
    if seconds < 3_600:
        return f"{minutes} min"
    return f"{hours} h" if seconds < 2 * 86_400 else f"{days} days"
