"""How a contribution is changed: one transaction, which raises the revision of the credentials.

The revision comes first, which is also what locks: whoever changes contributions follows the one
before, so what is read after it is true until the commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from credentials import services
from credentials.lending.states import ALIVE, State, Verb, WrongState, check
from credentials.models import Contribution, Revision

_WITHOUT = frozenset({Verb.WITHDRAW, Verb.REVOKE})
"""What can be done although the administrator has removed the credential."""


@contextmanager
def changing(id: int, verb: Verb) -> Iterator[Contribution]:
    """Raises Contribution.DoesNotExist and WrongState."""
    with transaction.atomic():
        revision = Revision.bump()
        row = Contribution.objects.select_related("credential").get(pk=id)
        check(verb, State(row.state))
        if row.credential.deleted_at is not None and verb not in _WITHOUT:
            raise WrongState(verb, None)
        row.revision = revision
        yield row


def move(row: Contribution, state: State, now: datetime, **columns: Any) -> Contribution:
    """Into a new state, and the credential with it: only one that is LENDING is not held."""
    row = write(row, state=state.value, since=now, **columns)
    if state in ALIVE:
        services.update([row.credential_id], held=state is not State.LENDING)
    return row


def write(row: Contribution, **columns: Any) -> Contribution:
    """Writes the named columns and the revision, and nothing else."""
    for name, value in columns.items():
        setattr(row, name, value)
    Contribution.objects.filter(pk=row.pk).update(revision=row.revision, **columns)
    return row
