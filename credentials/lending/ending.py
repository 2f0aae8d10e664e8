"""The end of a contribution: the secret is deleted at once, and what is left tells of no person."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from credentials import services
from credentials.lending import change, erasure
from credentials.lending.states import Revocation, State
from credentials.models import Contribution, Credential


def ended(
    row: Contribution,
    state: State,
    now: datetime,
    *,
    reason: str = "",
    revocation: Revocation = Revocation.BY_HAND,
) -> Contribution:
    """Within the transaction of `change.changing`."""
    services.remove([row.credential_id])
    # A label is a person's address, or some letters of a key.
    Credential.objects.filter(pk=row.credential_id).update(label=str(row))
    transaction.on_commit(partial(erasure.flush, row._state.db or "default"))
    row = change.write(row, name="", contact="", revocation=revocation.value)
    return change.move(row, state, now, reason=reason)
