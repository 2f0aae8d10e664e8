"""What a lender and the administrator do with a contribution.

Synchronous. Each is one transaction that raises the revision of the credentials, so that every
process follows within a second. All raise Contribution.DoesNotExist and states.WrongState.

Two wills have to agree before a credential is used: the administrator's (`Credential.enabled`) and
its lender's (`Credential.held`). Neither can overrule the other.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from credentials import sealing, services
from credentials.documents import OAuthAccount
from credentials.history import redacted
from credentials.kinds import Kind
from credentials.lending import change
from credentials.lending.ending import ended
from credentials.lending.offering import capped, lent
from credentials.lending.states import Revocation, State, Verb, WrongState
from credentials.models import Contribution, Credential
from credentials.vault import Vault, VaultError

_REASON = 300
_PERSON = 100


class Ended(NamedTuple):
    """`document` is to be revoked where it comes from; it exists here alone, in memory.

    None: there is nothing that could be revoked, only deleted by its owner (`byhand`). `proxy` is
    the credential's own way out, as in `Access`.
    """

    contribution: Contribution
    document: OAuthAccount | None
    proxy: str

    def __repr__(self) -> str:
        return f"<Ended {self.contribution}>"


def approve(id: int, *, by: str, now: datetime) -> Contribution:
    """The administrator lets it be lent; `by` is who that is."""
    with change.changing(id, Verb.APPROVE) as row:
        row = change.write(row, moderated_by=by[:_PERSON], moderated_at=now)
        return lent(row, now)


def reject(vault: Vault, id: int, reason: str, *, by: str, now: datetime) -> Ended:
    """The administrator does not want it (any more): the secret is deleted at once."""
    with change.changing(id, Verb.REJECT) as row:
        document, proxy = _taken(vault, row.credential)
        row = change.write(row, moderated_by=by[:_PERSON], moderated_at=now)
        said, revocation = reason.strip()[:_REASON], _outlook(document)
        row = ended(row, State.REJECTED, now, reason=said, revocation=revocation)
        return Ended(row, document, proxy)


def pause(id: int, *, now: datetime) -> Contribution:
    with change.changing(id, Verb.PAUSE) as row:
        return change.move(row, State.PAUSED, now)


def resume(id: int, *, now: datetime) -> Contribution:
    """It is lent again, unless the administrator has switched it off meanwhile."""
    with change.changing(id, Verb.RESUME) as row:
        return change.move(row, State.LENDING, now)


def cap(id: int, calls: int) -> Contribution:
    """At most so many calls a day, 0: no cap. The operator's own caps hold as well.

    Raises rules.Refused.
    """
    with change.changing(id, Verb.SET) as row:
        services.update([row.credential_id], lender_cap=capped(calls))
        return change.write(row)


def reward(id: int, key_id: int | None) -> Contribution:
    """Which key is rewarded from now on; that it is theirs was checked before. None: no key."""
    with change.changing(id, Verb.SET) as row:
        return change.write(row, reward_key_id=key_id)


def withdraw(vault: Vault, id: int, *, now: datetime) -> Ended:
    """Its lender takes it back: the secret is deleted at once, for good.

    Whoever calls this asks the provider to revoke `document`, with a short timeout, and says with
    `revoked` what came of it. It cannot be tried again later, because nothing is left to try it
    with: that the secret is gone is worth more, and a receipt tells how to revoke by hand.
    """
    with change.changing(id, Verb.WITHDRAW) as row:
        document, proxy = _taken(vault, row.credential)
        row = ended(row, State.WITHDRAWN, now, revocation=_outlook(document))
        return Ended(row, document, proxy)


def revoked(id: int, done: bool, words: str = "") -> Contribution:
    """What the provider said; `words` if it refused. After DONE, or with nothing to revoke, that
    is a WrongState."""
    with change.changing(id, Verb.REVOKE) as row:
        if row.revocation not in (Revocation.PENDING, Revocation.FAILED):
            raise WrongState(Verb.REVOKE, State(row.state))
        return change.write(
            row,
            revocation=(Revocation.DONE if done else Revocation.FAILED).value,
            revocation_words="" if done else redacted(words),
            revocation_attempts=row.revocation_attempts + 1,
        )


def _taken(vault: Vault, row: Credential) -> tuple[OAuthAccount | None, str]:
    """What can be revoked, and by which way. What cannot be opened is deleted all the same."""
    if not row.sealed:
        return None, ""
    try:
        secret = sealing.opened(vault, Kind(row.kind), row.sealed)
        proxy = vault.open(row.sealed_proxy.encode()) if row.sealed_proxy else ""
    except (VaultError, ValueError):
        return None, ""
    return (secret, proxy) if isinstance(secret, OAuthAccount) else (None, "")


def _outlook(document: OAuthAccount | None) -> Revocation:
    return Revocation.BY_HAND if document is None else Revocation.PENDING
