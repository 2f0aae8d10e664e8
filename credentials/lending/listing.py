"""Contributions for the administrator. No row holds a secret."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from credentials.kinds import Source
from credentials.lending.states import State
from credentials.models import Contribution, Credential

MOST = 200
"""Rows of a page."""


def pending() -> list[Contribution]:
    """Those that wait for a decision, who came first first; at most a page."""
    waiting = _rows().filter(state=State.QUARANTINED.value)
    return list(waiting.order_by("pk")[:MOST])


def page(
    state: State | None = None, after: int | None = None, size: int = 50
) -> tuple[list[Contribution], int | None]:
    """The newest first, of one state or of all, that come after the id `after`; and what `after`
    is for the next page, None at the end. Each row has its `credential` at hand."""
    rows = _rows().order_by("-pk")
    if state is not None:
        rows = rows.filter(state=state.value)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    size = max(1, min(size, MOST))
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def counts() -> dict[State, int]:
    """How many there are of each state."""
    rows = Contribution.objects.values_list("state").annotate(number=Count("pk"))
    return {state: dict(rows).get(state.value, 0) for state in State}


def lent(provider: str) -> bool:
    """Whether a secret of somebody else's is here that is sent to this provider."""
    rows = Credential.objects.filter(provider=provider, deleted_at=None)
    return rows.filter(source=Source.CONTRIBUTED.value).exists()


def _rows() -> QuerySet[Contribution]:
    rows = Contribution.objects.select_related("credential", "invite")
    return rows.defer("digest", "credential__sealed", "credential__sealed_proxy")
