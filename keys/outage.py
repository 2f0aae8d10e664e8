"""While the database is away: how long until it is tried again, what is kept, what is said."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.utils import DataError, Error, IntegrityError

from keys.batch import Posted
from keys.plan import Reserve, Settle

log = logging.getLogger("potluck.ledger")

_SILENCE = timedelta(minutes=1)
_LONGEST = 5.0
_STEPS = 7
"""So often the delay doubles; an outage may have more failures than a float has room for."""


class LedgerDown(Exception):
    """The ledger cannot be written, so nothing can be reserved."""


class Outage:
    """Counts failures, and says when they begin, once a minute while they last, and when they end.

    `strikes` are those since the last success.
    """

    def __init__(self) -> None:
        self.strikes = 0
        self._said: datetime | None = None
        self._open = False

    def failed(self, error: Exception, now: datetime) -> None:
        self.strikes += 1
        # A database that comes and goes is one outage, and so is a clock that was set back.
        if self._said is not None and abs(now - self._said) < _SILENCE:
            return
        still = f"still, after {self.strikes} failures" if self._open else "from now on"
        log.error("the ledger cannot be written (%s): %s", still, error)
        self._said, self._open = now, True

    def over(self) -> None:
        if self._open:
            log.warning("the ledger is written again after %d failures", self.strikes)
        self.strikes, self._open = 0, False


def delay(strikes: int) -> float:
    """Seconds from the last of so many failures to the next attempt."""
    return min(_LONGEST, 0.05 * 2.0 ** min(strikes, _STEPS))


def away(error: Exception) -> bool:
    """Whether the database is not there, rather than what was to be written no good."""
    return isinstance(error, Error) and not isinstance(error, DataError | IntegrityError)


def kept(posts: Iterable[Posted]) -> list[Posted]:
    """What of them is still to be done after all who wait were refused: settlements, save those
    that would give back what was never reserved."""
    found: list[Posted] = []
    refused: set[str] = set()
    for post in posts:
        if isinstance(post.order, Reserve):
            refused.add(post.order.request_id)
        elif post.order.charge or post.order.request_id not in refused:
            found.append(post)
    return found


def undone(posts: Iterable[Posted]) -> list[Posted]:
    """The same of posts that may be committed although the answer was lost: what they reserved is
    given back."""
    return [
        Posted(Settle(post.order.request_id, post.order.key_id, 0, charge=False), None)
        if isinstance(post.order, Reserve)
        else post
        for post in posts
    ]


def down(error: Exception | None = None) -> LedgerDown:
    found = LedgerDown("the ledger cannot be written")
    found.__cause__ = error
    return found
