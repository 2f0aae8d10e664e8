"""How often a password may be guessed. Pure. Time is an argument.

Failures count per account and per address, and each beyond the free ones doubles the wait, up to
a cap. Attempts during a wait are refused without being looked at and make nothing worse.

Nobody is locked out for good: waits are capped, the account's at a minute by default, since
anybody who knows its name can cause it; and an address that has logged in to the account before
is not held up by what others do to it.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from keys.limits.addresses import bucket
from keys.limits.refusal import Whose

_ZERO = timedelta(0)
# After so many doublings every cap is reached; the power must not grow without end.
_DOUBLINGS = 30


class Locked(Exception):
    """An attempt that must wait; `retry_after` in seconds."""

    def __init__(self, whose: Whose, retry_after: timedelta) -> None:
        super().__init__(whose, retry_after)
        self.whose = whose
        self.retry_after = retry_after.total_seconds()


class Steps(NamedTuple):
    """`free` failures cost nothing, the next one a wait of `first`, every further one twice the
    wait before it, at most `cap`. All are forgotten `memory` after the last."""

    free: int
    first: timedelta
    cap: timedelta
    memory: timedelta = timedelta(hours=1)

    def wait(self, failures: int) -> timedelta:
        beyond = failures - self.free
        if beyond <= 0:
            return _ZERO
        return min(self.cap, self.first * (1 << min(beyond - 1, _DOUBLINGS)))


ACCOUNT = Steps(10, timedelta(seconds=1), timedelta(minutes=1))
ADDRESS = Steps(5, timedelta(seconds=2), timedelta(minutes=15))


class Failures(NamedTuple):
    """Of one account or address. Until `open_at` no attempt is looked at."""

    number: int
    last: datetime
    open_at: datetime


def fail(found: Failures | None, steps: Steps, now: datetime) -> Failures:
    """One more than there were."""
    forgotten = found is None or found.last + steps.memory <= now
    count = 1 if found is None or forgotten else found.number + 1
    return Failures(count, now, now + steps.wait(count))


def forgive(found: Failures | None) -> Failures | None:
    """One less; None is none."""
    if found is None or found.number <= 1:
        return None
    return Failures(found.number - 1, found.last, found.last)


def check(found: Failures | None, steps: Steps, whose: Whose, now: datetime) -> None:
    """Raises Locked."""
    if found is not None and found.open_at > now:
        # A clock that was set back must not make a wait longer than its step.
        raise Locked(whose, min(found.open_at - now, steps.wait(found.number)))


class Lockout:
    """The failures of all accounts and addresses, in memory.

    `room` slots each for accounts, addresses and places that logged in: names that fall into one
    slot share it, by a secret of this process. So memory is constant and nobody's failures can be
    flushed out by making up names.
    """

    def __init__(
        self, *, account: Steps = ACCOUNT, address: Steps = ADDRESS, room: int = 16_384
    ) -> None:
        self._account = account
        self._address = address
        self._room = room
        self._salt = secrets.token_bytes(16)
        self._accounts: dict[int, Failures] = {}
        self._addresses: dict[int, Failures] = {}
        self._known: dict[int, int] = {}

    def attempt(self, account: str, address: str, now: datetime) -> None:
        """To be called before a password is looked at. Counts a failure in advance, so that many
        attempts at once gain nothing; `succeeded` takes it back. Raises Locked."""
        place, name = self._slot(bucket(address)), self._slot(account)
        check(self._addresses.get(place), self._address, Whose.ADDRESS, now)
        if not self._familiar(account, address):
            check(self._accounts.get(name), self._account, Whose.ACCOUNT, now)
        self._addresses[place] = fail(self._addresses.get(place), self._address, now)
        self._accounts[name] = fail(self._accounts.get(name), self._account, now)

    def succeeded(self, account: str, address: str) -> None:
        """The password of the last attempt was right. The account begins anew; the address loses
        only this attempt, or one's own account would pay for guesses at another's."""
        self._accounts.pop(self._slot(account), None)
        self._known[self._slot(account, bucket(address))] = self._print(account, address)
        place = self._slot(bucket(address))
        left = forgive(self._addresses.pop(place, None))
        if left is not None:
            self._addresses[place] = left

    def _familiar(self, account: str, address: str) -> bool:
        slot = self._slot(account, bucket(address))
        return self._known.get(slot) == self._print(account, address)

    def _print(self, account: str, address: str) -> int:
        # Being known is a privilege: sharing a slot must not be enough for it.
        return hash((self._salt, "known", account, bucket(address)))

    def _slot(self, *names: str) -> int:
        return hash((self._salt, *names)) % self._room
