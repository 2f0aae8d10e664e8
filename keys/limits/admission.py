"""What holds a call back besides its quota: how often and how many at once, of a key or an address.

`Local` is one process's own; `shared.Shared` is one for all processes and hosts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from keys.limits.addresses import Addresses, Rule
from keys.limits.pace import Pace
from keys.limits.places import Crowded, Lease, Places
from keys.limits.refusal import Limited, Which, Whose, until
from keys.limits.sharing import Sharing

PATIENCE = 30.0
"""Seconds that a call waits for a place: clients give up on silence after about a minute."""

# When a place becomes free is anybody's guess; much sooner than this and refused agents only knock.
_COME_BACK = 5.0


class Terms(Protocol):
    """What the limits read of a key (`directory.Grant`). None is no limit; `waiting` is how many
    calls may wait for a place."""

    @property
    def key_id(self) -> int: ...
    @property
    def rpm(self) -> int | None: ...
    @property
    def concurrency(self) -> int | None: ...
    @property
    def waiting(self) -> int: ...


class Admission(Protocol):
    """A call that may run, until it leaves. Leaving never waits; leaving twice is leaving once."""

    def leave(self) -> None: ...


class Limits(Protocol):
    """The limits, as the proxy and the pages see them. A key's list of networks is not one of
    them: `Grant.welcomes` answers that, with another status."""

    async def admit(self, terms: Terms, address: str, now: datetime) -> Admission:
        """Holds what the call needs, in one step: all of it, or nothing and Limited is raised.
        It may wait for a place, so run it where a client that leaves is noticed."""
        ...

    async def visit(self, address: str, now: datetime) -> None:
        """Counts a request to a public page. Raises Limited."""
        ...

    async def start(self) -> None: ...

    async def close(self) -> None: ...


class _Free:
    __slots__ = ()

    def leave(self) -> None:
        """Nothing was held."""


FREE: Admission = _Free()


class Words(Protocol):
    """Hears of a key that is suspicious from now on: (key id, since). Must not wait."""

    def __call__(self, key_id: int, since: datetime, /) -> None: ...


def _deaf(key_id: int, since: datetime, /) -> None:
    pass


def no_rule() -> Rule:
    return Rule()


class Local:
    """The limits of one process, in memory, on one event loop.

    `calls` limits addresses that call with a key, `pages` those that look at public pages.
    `suspect` is told once when a key seems to be shared; nothing else follows from it.
    """

    healthy = True

    def __init__(
        self,
        *,
        calls: Addresses | None = None,
        pages: Addresses | None = None,
        sharing: Sharing | None = None,
        suspect: Words = _deaf,
        patience: Callable[[], float] = lambda: PATIENCE,
    ) -> None:
        self.calls = calls or Addresses(no_rule)
        self.pages = pages or Addresses(no_rule)
        self.sharing = sharing
        self.patience = patience
        self.places = Places()
        self._suspect = suspect
        self._pace = Pace()

    async def start(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        """Nothing to close."""

    async def admit(self, terms: Terms, address: str, now: datetime) -> Admission:
        """See `Limits`. Without limits this neither waits nor yields."""
        self.see(terms, address, now)
        if (
            terms.rpm is None
            and terms.concurrency is None
            and not self.calls.rule().covers(address)
        ):
            return FREE
        return await self.enter(terms, address, now)

    async def enter(self, terms: Terms, address: str, now: datetime) -> Admission:
        """`admit`, without looking for shared keys."""
        self.calls.ask(address, now)
        self._ask(terms, now)
        limit = terms.concurrency
        if limit is not None and self.places.crowded(terms.key_id, limit, terms.waiting):
            raise busy(terms)
        # Counted when it gets in line, so that what waits cannot be counted twice or forgotten.
        self.calls.count(address, now)
        if terms.rpm is not None:
            self._pace.count(terms.key_id, now.timestamp())
        return FREE if limit is None else await self._place(terms, limit)

    async def visit(self, address: str, now: datetime) -> None:
        """See `Limits`."""
        self.pages.admit(address, now)

    def see(self, terms: Terms, address: str, now: datetime) -> None:
        """Looks at where a key is used from."""
        if self.sharing is not None and (since := self.sharing.see(terms.key_id, address, now)):
            self._suspect(terms.key_id, since)

    def _ask(self, terms: Terms, now: datetime) -> None:
        if terms.rpm is None:
            return
        verdict = self._pace.ask(terms.key_id, terms.rpm, now.timestamp())
        if not verdict.fits:
            retry_after, reset_at = until(verdict.at, now)
            raise Limited(
                Which.MINUTE, Whose.KEY, terms.rpm, retry_after=retry_after, reset_at=reset_at
            )

    async def _place(self, terms: Terms, limit: int) -> Lease:
        try:
            return await self.places.enter(terms.key_id, limit, terms.waiting, self.patience())
        except Crowded as crowded:
            raise busy(terms, crowded.waited) from crowded


def busy(terms: Terms, waited: float | None = None) -> Limited:
    """The refusal of a call that finds no place; `waited` when it was in line for one."""
    return Limited(
        Which.CONCURRENCY,
        Whose.KEY,
        terms.concurrency or 0,
        retry_after=_COME_BACK,
        waiting=terms.waiting,
        waited=waited,
    )
