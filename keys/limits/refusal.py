"""What a limit says when it refuses. Pure."""

from __future__ import annotations

import enum
import math
from datetime import UTC, datetime


class Which(enum.StrEnum):
    """The limit that refused, as a stable word for clients and the request log."""

    MINUTE = "requests_per_minute"
    DAY = "requests_per_day"
    CONCURRENCY = "concurrency"


class Whose(enum.StrEnum):
    KEY = "key"
    ADDRESS = "address"
    ACCOUNT = "account"


_SHORT = {Which.MINUTE: "rpm", Which.DAY: "rpd", Which.CONCURRENCY: "concurrency"}


class Limited(Exception):
    """A request that a limit does not admit; nothing of it was counted, and no place is held.

    `limit` is the number that was set, `left` what is left of it. `retry_after` is in seconds and
    not rounded; for concurrency it is a guess. `reset_at` is when a count begins again. `waiting`
    is how many calls may wait for a place, `waited` how many seconds this one did.
    """

    def __init__(
        self,
        which: Which,
        whose: Whose,
        limit: int,
        *,
        retry_after: float,
        left: int = 0,
        reset_at: datetime | None = None,
        waiting: int = 0,
        waited: float | None = None,
    ) -> None:
        super().__init__(which, whose, limit)
        self.which = which
        self.whose = whose
        self.limit = limit
        self.left = left
        self.retry_after = max(0.0, retry_after)
        self.reset_at = reset_at
        self.waiting = waiting
        self.waited = waited

    @property
    def name(self) -> str:
        """The limit as one stable word for programs: `key.rpm`."""
        return f"{self.whose}.{_SHORT[self.which]}"

    @property
    def seconds(self) -> int:
        """What to say in `Retry-After`: whole seconds, never too early."""
        return max(1, math.ceil(self.retry_after))

    def __str__(self) -> str:
        """One sentence that says what was reached, and one that says what to do. Some clients
        read "try again in 12s" and wait that long."""
        holder = "This key" if self.whose is Whose.KEY else "Your address"
        match self.which:
            case Which.MINUTE:
                return f"{holder} may make {self.limit} requests a minute. {self._later}"
            case Which.DAY:
                return f"{holder} may make {self.limit} requests a day. {self._reset}"
            case Which.CONCURRENCY:
                return f"{holder} may run {self.limit} requests at a time{self._line} {self._later}"

    @property
    def _line(self) -> str:
        if self.waited is not None:
            return f", and none of them ended within {self.waited:.0f}s."
        if self.waiting:
            return f", and {self.waiting} more are waiting already."
        return ", and as many are running."

    @property
    def _later(self) -> str:
        return f"Please try again in {self.seconds}s."

    @property
    def _reset(self) -> str:
        if self.reset_at is None:
            return self._later
        return f"The count begins again at {self.reset_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC."


def until(moment: float, now: datetime) -> tuple[float, datetime]:
    """(seconds from now, the moment itself), for `retry_after` and `reset_at`."""
    return max(0.0, moment - now.timestamp()), datetime.fromtimestamp(moment, UTC)
