"""Where the panel password is looked at: a few at a time, and ever more slowly after failures.

bcrypt takes a quarter of a second of a core and lets go of the interpreter meanwhile. Two of them
may run at once, some dozens of requests may wait, in the threads of their views and never on the
event loop; the rest is told to come back. Failures are counted for all processes together, by
`panel.auth.tally`.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock
from typing import Protocol, TypeVar

from keys.lockout import Locked, Lockout

T = TypeVar("T")


class Counter(Protocol):
    """Who has failed how often, as `keys.lockout.Lockout` has it."""

    def attempt(self, account: str, address: str, now: datetime) -> None: ...

    def succeeded(self, account: str, address: str) -> None: ...


_ACCOUNT = "administrator"
_REMEMBERED = timedelta(minutes=5)
_ROOM = 16


class Refused(Exception):
    """Not let in. `retry_after` in seconds, None when the password is wrong."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after

    def __str__(self) -> str:
        if self.retry_after is None:
            return "The password is wrong."
        return f"Too many attempts. Try again in {max(1, round(self.retry_after))} seconds."


class WrongCode(Refused):
    """The password was right; what was sent as a code is wrong, or was used before."""

    def __str__(self) -> str:
        return "The code is wrong, or was used already. Wait for the next one."


class Door:
    """One per process; called from many threads. `verify` may take long."""

    def __init__(
        self,
        verify: Callable[[str], bool],
        lockout: Counter | None = None,
        *,
        places: int = 2,
        queue: int = 64,
    ) -> None:
        self._verify = verify
        self._lockout: Counter = lockout or Lockout()
        self._lock = Lock()
        self._places = BoundedSemaphore(places)
        self._queue = BoundedSemaphore(places + queue)
        self._memory = Memory()

    def admit(self, attempt: str, address: str, now: datetime) -> None:
        """Returns if the password is right. Raises Refused."""
        self.guard(lambda: self._verify(attempt), address, now)

    def guard(self, look: Callable[[], T | None], address: str, now: datetime) -> T:
        """What `look` finds, if it finds anything. Raises Refused."""
        with self._place():
            return self._try(look, address, now)

    def recall(self, attempt: str, generation: int, address: str, now: datetime) -> None:
        """The same for callers that send the password with every request: one that was right is
        remembered for five minutes, until the password's generation changes."""
        if self._memory.knows(attempt, generation, now):
            return
        with self._place():
            # Of many requests at once the first has found out while the others waited.
            if not self._memory.knows(attempt, generation, now):
                self._try(lambda: self._verify(attempt), address, now)
                self._memory.keep(attempt, generation, now)

    def _try(self, look: Callable[[], T | None], address: str, now: datetime) -> T:
        try:
            with self._lock:
                self._lockout.attempt(_ACCOUNT, address, now)
        except Locked as error:
            raise Refused(error.retry_after) from None
        found = look()
        if not found:
            raise Refused
        with self._lock:
            self._lockout.succeeded(_ACCOUNT, address)
        return found

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._queue.acquire(blocking=False):
            raise Refused(1.0)
        try:
            with self._places:
                yield
        finally:
            self._queue.release()


class Memory:
    """Passwords that were right a moment ago, as digests under a key of this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until: dict[bytes, datetime] = {}

    def knows(self, attempt: str, generation: int, now: datetime) -> bool:
        until = self._until.get(self._digest(attempt, generation))
        return until is not None and now < until

    def keep(self, attempt: str, generation: int, now: datetime) -> None:
        if len(self._until) >= _ROOM:
            self._until.clear()
        self._until[self._digest(attempt, generation)] = now + _REMEMBERED

    def _digest(self, attempt: str, generation: int) -> bytes:
        return hmac.digest(self._key, f"{generation} {attempt}".encode(), "sha256")
