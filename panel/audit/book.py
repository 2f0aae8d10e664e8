"""The entries in the database: appended one after the other, looked at again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from keys.records import clean
from panel.audit import chain
from panel.models import AuditEntry, AuditHead


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written; `before` and `after` are JSON texts."""

    at: datetime
    actor: str
    address: str
    action: str
    target: str
    before: str = "{}"
    after: str = "{}"


def append(entry: Entry, *, using: str = "default") -> tuple[int, str]:
    """Its number and seal. In the caller's transaction, if there is one: the head stays locked to
    its end, so that each entry follows the one before it whoever else is writing."""
    with transaction.atomic(using=using):
        head, key = _locked(using), _key()
        number, previous = _place(head, key, using)
        row = AuditEntry(
            id=number,
            at=entry.at,
            actor=clean(entry.actor, 80),
            address=clean(entry.address, 64),
            action=clean(entry.action, 64),
            target=clean(entry.target, 200),
            before=entry.before,
            after=entry.after,
            previous=previous,
        )
        row.hash = chain.entry(row, key)
        row.save(using=using, force_insert=True)
        heads = AuditHead.objects.using(using).filter(pk=AuditHead.ONLY)
        seal = chain.head(number, row.hash, key)
        heads.update(count=number, hash=row.hash, seal=seal)
    return number, row.hash


def findings(*, using: str = "default") -> Iterator[str]:
    """A sentence for each place where the chain is broken, from its beginning to its end."""
    # First: what is appended meanwhile comes after it.
    head, key = AuditHead.objects.using(using).filter(pk=AuditHead.ONLY).first(), _key()
    previous, last, ending = "", 0, ""
    for row in AuditEntry.objects.using(using).order_by("id").iterator(500):
        if row.id != last + 1:
            yield _missing(last + 1, row.id - 1)
        elif row.previous != previous:
            yield f"entry {row.id} does not follow entry {last}."
        if not sealed(row, key):
            yield f"entry {row.id} ({row.action}) is not as it was written."
        previous, last = row.hash, row.id
        ending = row.hash if head is not None and row.id == head.count else ending
    yield from _end(head, last, ending, key)


def broken(rows: Sequence[AuditEntry], *, using: str = "default") -> set[int]:
    """Numbers of those that are not as they were written, or do not follow what is before them."""
    key = _key()
    before = AuditEntry.objects.using(using).filter(pk__in=[row.id - 1 for row in rows])
    seals = dict(before.values_list("pk", "hash"))
    return {row.id for row in rows if not sealed(row, key) or row.previous != _seal(row, seals)}


def sealed(row: AuditEntry, key: bytes) -> bool:
    return chain.same(row.hash, chain.entry(row, key))


def count(*, using: str = "default") -> int:
    return AuditEntry.objects.using(using).count()


def _seal(row: AuditEntry, seals: dict[int, str]) -> str | None:
    return "" if row.id == 1 else seals.get(row.id - 1)


def _locked(using: str) -> AuditHead:
    """The head, with its count raised: nobody else can until the transaction ends."""
    rows = AuditHead.objects.using(using)
    mine = rows.filter(pk=AuditHead.ONLY)
    if not mine.update(count=F("count") + 1):
        rows.bulk_create([AuditHead()], ignore_conflicts=True)
        mine.update(count=F("count") + 1)
    return mine.get()


def _place(head: AuditHead, key: bytes, using: str) -> tuple[int, str]:
    """Where the entry stands and what it follows. Nothing, where the head was tampered with: that
    must not become whole by going on."""
    if chain.same(head.seal, chain.head(head.count - 1, head.hash, key)):
        return head.count, head.hash
    last = AuditEntry.objects.using(using).aggregate(last=Max("id"))["last"] or 0
    return last + 1, ""


def _end(head: AuditHead | None, last: int, ending: str, key: bytes) -> Iterator[str]:
    if head is None:
        if last:
            yield "the end of the trail is not known: its head is gone."
    elif not chain.same(head.seal, chain.head(head.count, head.hash, key)):
        yield "the head of the trail is not as it was written."
    elif head.count > last:
        yield _missing(last + 1, head.count)
    elif head.count and ending != head.hash:
        yield f"entry {head.count} is not the one that was written last."


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"entry {first} is missing."
    return f"entries {first} to {last} are missing."


def _key() -> bytes:
    return chain.key(settings.POTLUCK_PEPPER)
