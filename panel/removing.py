"""The end of credentials: those that were contributed go back to their lenders."""

from __future__ import annotations

import contextlib
from collections.abc import Collection

from django.http import HttpRequest

from credentials.lending.states import ALIVE, WrongState
from credentials.models import Contribution
from panel import tending
from panel.pages.lend import ending
from panel.tending import Action, Done


def delete(request: HttpRequest, ids: Collection[int], reason: str = "") -> list[Done]:
    """Deletes the secrets for good; one result for each, in their order.

    Who has lent one reads that it was rejected, and why, and its provider is asked to take back
    what it has granted.
    """
    lent = Contribution.objects.filter(
        credential_id__in=ids, credential__deleted_at=None, state__in=ALIVE
    )
    contributions = dict(lent.values_list("credential_id", "pk"))
    own = [id for id in ids if id not in contributions]
    done = {each.id: each for each in tending.act(request, Action.DELETE, own)} if own else {}
    for id, contribution in contributions.items():
        done[id] = _back(request, id, contribution, reason)
    return [done[id] for id in dict.fromkeys(ids)]


def _back(request: HttpRequest, id: int, contribution: int, reason: str) -> Done:
    # Its lender may be quicker: then there is nothing left to delete.
    with contextlib.suppress(WrongState):
        ending.reject(request, contribution, reason)
    return Done(id, ok=True)
