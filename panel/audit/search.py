"""Which entries somebody wants to see, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from django.db.models import Q, QuerySet

from panel.models import AuditEntry

_MANY = 500
_TEXTS = ("action", "actor", "address", "target", "before", "after")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry must be. `group` is the noun of its action, `target` is exact, `text` a part
    of any of its texts; `until` is not included."""

    group: str = ""
    action: str = ""
    target: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Page(msgspec.Struct, frozen=True):
    """`next` is the number to go on before, None at the end."""

    entries: Sequence[AuditEntry]
    next: int | None


def page(wanted: Wanted, *, before: int | None = None, size: int = 50) -> Page:
    rows = _rows(wanted)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: size + 1])
    return Page(found[:size], found[size - 1].id if len(found) > size else None)


def every(wanted: Wanted) -> Iterator[Sequence[AuditEntry]]:
    """All of them, some hundreds at a time; what is written meanwhile is not among them."""
    before: int | None = None
    while True:
        found = page(wanted, before=before, size=_MANY)
        if found.entries:
            yield found.entries
        if found.next is None:
            return
        before = found.next


def _rows(wanted: Wanted) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.order_by("-id")
    if wanted.group:
        rows = rows.filter(action__startswith=f"{wanted.group}.")
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.target:
        rows = rows.filter(target=wanted.target)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    for word in wanted.text.split()[:8]:
        rows = rows.filter(_holds(word))
    return rows


def _holds(word: str) -> Q:
    found = Q()
    for name in _TEXTS:
        found |= Q(**{f"{name}__icontains": word})
    return found
