"""What the pool and the makers of access tokens say to each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec

from credentials.documents import Document
from credentials.health import NotItsFault, Outcome
from credentials.kinds import Kind


class Account(msgspec.Struct, frozen=True):
    """A credential that is a document. `extra` as in its row, `proxy` as in `Access`."""

    id: int
    kind: Kind
    document: Document
    extra: Mapping[str, Any]
    proxy: str = ""

    def __repr__(self) -> str:
        return f"<Account {self.id}>"


class Bearer(msgspec.Struct, frozen=True):
    """Ready to be sent until `renew_at`. `project` "" where it is not known, or not needed."""

    secret: str
    renew_at: datetime
    project: str = ""

    def __repr__(self) -> str:
        return f"<Bearer until {self.renew_at:%H:%M:%S}>"


class Failure(msgspec.Struct, frozen=True):
    """Why there is none. All who waited get the same object.

    `outcome` is what it says about the credential, `reason` a sentence for the operator, `at`
    the time when the attempt began.
    """

    outcome: Outcome
    reason: str
    at: datetime


class Unready(Exception):
    """An account that cannot be used now."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class Bearers(Protocol):
    """What the pool needs to lend accounts."""

    def cached(self, account: Account) -> Bearer | None:
        """From memory, on every request."""
        ...

    async def ready(self, account: Account) -> Bearer:
        """Raises Unready."""
        ...

    def discard(self, id: int, secret: str) -> None:
        """The upstream does not accept this access token, although it has not expired."""
        ...

    def forget(self, id: int) -> None:
        """The credential is gone."""
        ...


class NoBearers:
    """Of a pool that lends plain keys only."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def cached(self, account: Account) -> Bearer | None:
        return None

    async def ready(self, account: Account) -> Bearer:
        reason = "Accounts cannot be used here: nothing makes access tokens for them."
        raise Unready(Failure(NotItsFault(), reason, self._clock()))

    def discard(self, id: int, secret: str) -> None:
        return

    def forget(self, id: int) -> None:
        return
