"""What an upstream's failure means: for the credential, for a retry, for the client."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from credentials.health import Barred, NotItsFault, Outcome, RateLimited, Refused, Stumbled


class Verdict(msgspec.Struct, frozen=True):
    """`retry`: another credential may do better. `retry_after` in seconds, if the upstream said.

    `reason` is a short code of ours or of the upstream's closed set, never its free text, which
    may quote a key.
    """

    outcome: Outcome
    retry: bool
    reason: str
    retry_after: float | None = None


def client(reason: str, *, retry: bool = False) -> Verdict:
    """The request is to blame; the credential's state is not touched."""
    return Verdict(NotItsFault(), retry, reason)


def refused(reason: str, code: int) -> Verdict:
    return Verdict(Refused(reason, code), True, reason)


def barred(model: str, reason: str) -> Verdict:
    return Verdict(Barred(model), True, reason)


def stumbled(model: str | None, reason: str, wait: timedelta | None = None) -> Verdict:
    return Verdict(Stumbled(model), True, reason, wait.total_seconds() if wait else None)


def limited(model: str | None, reason: str, wait: timedelta | None = None) -> Verdict:
    """`wait` None: the upstream did not say, the credential's own back-off decides."""
    seconds = wait.total_seconds() if wait else None
    return Verdict(RateLimited(model, retry_after=wait, reason=reason), True, reason, seconds)


def parked(model: str | None, reason: str, until: datetime, now: datetime) -> Verdict:
    """An exact reset; one that has passed says nothing."""
    seconds = (until - now).total_seconds() if until > now else None
    return Verdict(RateLimited(model, until=until, reason=reason), True, reason, seconds)
