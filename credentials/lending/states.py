"""What becomes of a contribution, and who may change what when. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping


class State(enum.StrEnum):
    TESTING = "testing"
    """Stored, not lent: nobody has seen it work yet."""
    QUARANTINED = "quarantined"
    """It works, and waits for the administrator."""
    LENDING = "lending"
    PAUSED = "paused"
    """By its lender."""
    WITHDRAWN = "withdrawn"
    """By its lender; the secret is deleted."""
    REJECTED = "rejected"
    """By the administrator, or because it did not work; the secret is deleted."""


class Verb(enum.StrEnum):
    """What is done to a contribution."""

    TEST = "test"
    APPROVE = "approve"
    PAUSE = "pause"
    RESUME = "resume"
    SET = "set"
    """A cap, or the key that is rewarded."""
    WITHDRAW = "withdraw"
    REJECT = "reject"
    REVOKE = "revoke"
    """What the provider has granted, after the end."""


class Revocation(enum.StrEnum):
    """What became of the access that the provider had granted."""

    NONE = ""
    """The contribution has not ended."""
    BY_HAND = "by_hand"
    """Only its owner can: a key is deleted where it was made."""
    PENDING = "pending"
    """The provider is being asked. If it stays so, we were interrupted: as with FAILED."""
    DONE = "done"
    FAILED = "failed"


class Paid(enum.StrEnum):
    """What a reward is given for."""

    NONE = "none"
    DAY = "day"
    """Each healthy day."""
    CALL = "call"
    """Each call that was served."""


ALIVE = frozenset({State.TESTING, State.QUARANTINED, State.LENDING, State.PAUSED})
"""A contribution of any other state has no secret any more."""

FROM: Mapping[Verb, frozenset[State]] = {
    Verb.TEST: frozenset({State.TESTING}),
    Verb.APPROVE: frozenset({State.QUARANTINED}),
    Verb.PAUSE: frozenset({State.LENDING}),
    Verb.RESUME: frozenset({State.PAUSED}),
    Verb.SET: ALIVE,
    Verb.WITHDRAW: ALIVE,
    Verb.REJECT: ALIVE,
    Verb.REVOKE: frozenset({State.WITHDRAWN, State.REJECTED}),
}
"""In which states each may be done."""


class WrongState(Exception):
    """It cannot be done now. `state`: None when its credential was removed by the administrator."""

    def __init__(self, verb: Verb, state: State | None) -> None:
        super().__init__(f"A contribution that is {state or 'removed'} does not {verb}.")
        self.verb = verb
        self.state = state


def check(verb: Verb, state: State) -> None:
    """Raises WrongState."""
    if state not in FROM[verb]:
        raise WrongState(verb, state)
