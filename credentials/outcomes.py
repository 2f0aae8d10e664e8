"""How a request with a credential ended, and what that says about the credential. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Succeeded(msgspec.Struct, frozen=True):
    """It answered. Without `model` the lease fills in the one it was taken for."""

    model: str = ""


class RateLimited(msgspec.Struct, frozen=True):
    """Told to wait: one model, or the whole credential (`model=None`).

    `until` (an exact reset) beats `retry_after`. Without either, or when they are not in the
    future, the wait is our own guess, and doubles.
    """

    model: str | None
    retry_after: timedelta | None = None
    until: datetime | None = None
    reason: str = ""


class Barred(msgspec.Struct, frozen=True):
    """This credential may never use this model (Gemini's `limit: 0`); only a pardon ends that."""

    model: str


class Refused(msgspec.Struct, frozen=True):
    """The upstream does not accept this credential.

    `code` is 401 (unknown, expired) or 403 (not allowed), whatever status the upstream put it in.
    `final`: it cannot come right by itself (a revoked refresh token), so there are no strikes.
    """

    reason: str
    code: int = 401
    final: bool = False


class Stumbled(msgspec.Struct, frozen=True):
    """5xx, timeout, broken stream: maybe the credential, maybe the weather.

    With `model` it speaks of that model only ("the model is overloaded").
    """

    model: str | None = None


class NotItsFault(msgspec.Struct, frozen=True):
    """Bad request, client gone: says nothing about the credential."""


class Proven(msgspec.Struct, frozen=True):
    """A probe was answered: whatever was held against the credential as a whole is over, also a
    ban. What single models have said stays."""


Outcome = Succeeded | RateLimited | Barred | Refused | Stumbled | NotItsFault | Proven
