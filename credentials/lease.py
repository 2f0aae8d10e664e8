"""One credential for one attempt, and what is said when there is none."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from credentials.health import Outcome, Refused, Succeeded
from credentials.roster import Access, Scopes


class Lack(enum.StrEnum):
    """Why nobody can be lent."""

    EMPTY = "empty"
    """The provider has no credential."""
    OFF = "off"
    """It has some, but each is switched off or held back."""
    QUOTA = "quota"
    """The first one that will wake rests because of a limit of the upstream's, or a cap."""
    TRIED = "tried"
    """One is awake, but this request has tried it."""
    TROUBLE = "trouble"
    """They were refused, or fail."""


class Unavailable(Exception):
    """No credential for this request now.

    `known` counts the enabled credentials of the provider; 0: `kind` is EMPTY or OFF. `retry_after`
    is in seconds: 0.0 when one is awake but was tried already, None when none wakes by itself.
    `reason` is for the operator: why an account that was asked for could not be made ready.
    """

    def __init__(
        self,
        known: int,
        retry_after: float | None,
        reason: str = "",
        kind: Lack = Lack.TROUBLE,
    ) -> None:
        super().__init__(f"{known} credentials are known, none can be used now. {reason}".rstrip())
        self.known = known
        self.retry_after = retry_after
        self.reason = reason
        self.kind = kind


class Lender(Protocol):
    """What a lease needs of the pool."""

    def distrust(self, access: Access) -> None: ...

    def ended(self, lease: Lease, outcome: Outcome, status: int, words: str) -> None: ...

    def begun(self, lease: Lease) -> None: ...

    def reported_twice(self, lease: Lease) -> None: ...


class Lease:
    """Whoever takes it reports exactly once how it ended."""

    __slots__ = ("_pool", "_reported", "access", "model", "sent_at", "session", "trial")

    def __init__(
        self,
        pool: Lender,
        access: Access,
        model: str,
        sent_at: datetime,
        *,
        session: str = "",
        trial: Scopes = (),
    ) -> None:
        self.access = access
        self.model = model
        self.sent_at = sent_at
        self.session = session
        self.trial = trial
        """What this call tries again after a rest, as the only one."""
        self._pool = pool
        self._reported = False

    def __repr__(self) -> str:
        return f"<Lease of {self.access!r} for {self.model}>"

    def begun(self) -> None:
        """The answer has begun: a trial has succeeded, and others need not wait for its end.

        May be called once or not at all.
        """
        if self.trial and not self._reported:
            self._pool.begun(self)

    def report(self, outcome: Outcome, *, status: int = 0, words: str = "") -> None:
        """Takes effect at once, and is saved soon. Never waits.

        Of a failure `status` is the upstream's and `words` are what it said, for the people who
        look after the credential.
        """
        if self._reported:
            self._pool.reported_twice(self)
            return
        self._reported = True
        if isinstance(outcome, Refused) and outcome.code == 401:
            self._pool.distrust(self.access)
        if isinstance(outcome, Succeeded) and not outcome.model:
            outcome = replace(outcome, model=self.model)
        self._pool.ended(self, outcome, status, words)
