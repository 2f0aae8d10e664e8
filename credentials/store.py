"""The pool's only way to the database, always on the thread of the executor it is given."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from datetime import date, datetime
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from django.db import close_old_connections, connections, transaction
from django.db.models import BigIntegerField, Case, F, Value, When

from credentials import health as health_
from credentials import history
from credentials.caps import Caps, Today
from credentials.health import Health
from credentials.history import Mishap
from credentials.kinds import Source
from credentials.lending import served
from credentials.models import Contribution, Credential, Revision

log = logging.getLogger(__name__)
T = TypeVar("T")

_CHUNK = 200
"""Rows per transaction, so that other writers of the database wait a few milliseconds at most."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One credential as stored. `live`: enabled by the operator, not held, and not removed.

    What was contributed has its number for a `label`, as requests are noted with that and a
    lender's may be an address; and no `base_url`, as it goes to its provider alone.
    """

    id: int
    kind: str
    provider: str
    label: str
    sealed: str
    base_url: str
    extra: Mapping[str, Any]
    weight: int
    live: bool
    health: Health
    version: int
    caps: Caps = Caps()
    today: Today | None = None
    sealed_proxy: str = ""


class Loaded(msgspec.Struct, Generic[T], frozen=True):
    """What changed up to `revision`."""

    revision: int
    rows: tuple[tuple[Row, T], ...]


class Change(msgspec.Struct, frozen=True):
    """A health to save, if the stored one still has `version`; else `again(stored)` is saved."""

    id: int
    version: int
    health: Health
    again: Callable[[Health], Health]


class Saved(msgspec.Struct, frozen=True):
    version: int
    health: Health


class Count(msgspec.Struct):
    """Calls sent, answered, and sent for Pro models."""

    calls: int = 0
    served: int = 0
    pro: int = 0


class Storage(Protocol):
    """What the pool needs of a store."""

    async def load(self, since: int, build: Callable[[Row], T]) -> Loaded[T] | None: ...

    async def save(self, changes: Sequence[Change], now: datetime) -> dict[int, Saved]: ...

    async def count(self, day: date, counts: Mapping[int, Count]) -> dict[int, Today]: ...

    async def note(self, mishaps: Mapping[int, Sequence[Mishap]]) -> None: ...

    async def close(self) -> None: ...


class Store:
    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def load(self, since: int, build: Callable[[Row], T]) -> Loaded[T] | None:
        """What changed after revision `since`, None if nothing did.

        `build` runs on the store's thread: opening ten thousand secrets takes a while.
        """
        return await self.run(lambda: _load(since, build))

    async def save(self, changes: Sequence[Change], now: datetime) -> dict[int, Saved]:
        """What is stored now, by id; a credential that is gone is missing."""
        return await self.run(lambda: _save(changes, now))

    async def count(self, day: date, counts: Mapping[int, Count]) -> dict[int, Today]:
        """Adds to what is stored of `day`; gives what all processes have counted by now."""
        return await self.run(lambda: _count(day, counts))

    async def note(self, mishaps: Mapping[int, Sequence[Mishap]]) -> None:
        """Adds to the last failures of each credential."""
        await self.run(lambda: _note(mishaps))

    async def find(self, id: int) -> Row | None:
        """One credential, also one that is disabled; None if it was removed."""
        return await self.run(lambda: _find(id))

    async def close(self) -> None:
        """Closes the thread's connection."""
        await self.run(connections.close_all)

    async def run(self, work: Callable[[], T]) -> T:
        """Any work with the database, on the store's thread."""

        def job() -> T:
            close_old_connections()
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._executor, job)


def columns(health: Health, now: datetime) -> dict[str, Any]:
    """The columns that hold `health`, for an update or a new row."""
    until = health.whole.until
    reason = health.banned or health.whole.reason
    return {
        "health": health_.dump(health),
        "banned": bool(health.banned),
        "cooling_until": until if until > now and not health.banned else None,
        "reason": reason[:200],
    }


def caps(credential: Credential) -> Caps:
    """The operator's, and for a day the lender's too: the lower one holds."""
    both = [cap for cap in (credential.day_cap, credential.lender_cap) if cap]
    return Caps(credential.minute_cap, min(both, default=0), credential.pro_cap)


def read(credential: Credential) -> Health:
    """The stored health; one that cannot be read counts as clean, which the next call corrects."""
    try:
        return health_.load(credential.health)
    except ValueError:
        log.warning("The stored health of credential %s cannot be read.", credential.pk)
        return Health()


def _load(since: int, build: Callable[[Row], T]) -> Loaded[T] | None:
    revision = Revision.current()
    if revision == since:
        return None
    # A smaller number is another database (a restored backup): everything is new then.
    since = since if revision > since else -1
    loans = _loans(credential__revision__gt=since)
    changed = Credential.objects.filter(revision__gt=since).order_by("pk").iterator(chunk_size=1000)
    rows = [_row(credential, loans.get(credential.pk)) for credential in changed]
    return Loaded(revision, tuple((row, build(row)) for row in rows))


def _loans(**which: int) -> dict[int, int]:
    """Credential → contribution."""
    return dict(Contribution.objects.filter(**which).values_list("credential_id", "pk"))


def _row(credential: Credential, loan: int | None = None) -> Row:
    lent = credential.source == Source.CONTRIBUTED
    return Row(
        id=credential.pk,
        kind=credential.kind,
        provider=credential.provider,
        label=Contribution.called(loan) if lent else credential.label,
        sealed=credential.sealed,
        base_url="" if lent else credential.base_url,
        extra=credential.extra,
        weight=max(credential.weight, 1),
        live=credential.enabled and not credential.held and credential.deleted_at is None,
        health=read(credential),
        version=credential.health_version,
        caps=caps(credential),
        today=(
            Today(credential.day, credential.calls, credential.pro_calls)
            if credential.day is not None
            else None
        ),
        sealed_proxy=credential.sealed_proxy,
    )


def _save(changes: Sequence[Change], now: datetime) -> dict[int, Saved]:
    saved: dict[int, Saved] = {}
    for chunk in _chunks(changes):
        with transaction.atomic():
            # Its lock lets one saver at a time in, so that a second look cannot be wrong again.
            revision = Revision.bump()
            for change in chunk:
                stored = _write(change, revision, now)
                if stored is not None:
                    saved[change.id] = stored
    return saved


def _write(change: Change, revision: int, now: datetime) -> Saved | None:
    if _swap(change.id, change.version, change.health, revision=revision, now=now):
        return Saved(change.version + 1, change.health)
    credential = Credential.objects.filter(pk=change.id, deleted_at=None).first()
    if credential is None:
        return None
    stored, version = read(credential), credential.health_version
    health = change.again(stored)
    if health == stored:
        return Saved(version, stored)
    _swap(change.id, version, health, revision=revision, now=now)
    return Saved(version + 1, health)


def _swap(id: int, version: int, health: Health, *, revision: int, now: datetime) -> bool:
    same = Credential.objects.filter(pk=id, health_version=version, deleted_at=None)
    return bool(same.update(health_version=version + 1, revision=revision, **columns(health, now)))


def _count(day: date, counts: Mapping[int, Count]) -> dict[int, Today]:
    """Rotation gives many credentials the same counts: one update for each different one."""
    alike: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    for id, count in counts.items():
        alike[count.calls, count.served, count.pro].append(id)
    for (calls, answered, pro), ids in alike.items():
        for chunk in _chunks(ids):
            with transaction.atomic():
                Revision.lock()
                _add(chunk, day, Count(calls, answered, pro))
    return {id: today for chunk in _chunks(list(counts)) for id, today in _totals(chunk)}


def _add(ids: Sequence[int], day: date, count: Count) -> None:
    Credential.objects.filter(pk__in=ids).update(
        calls=_added("calls", count.calls, day),
        served=_added("served", count.served, day),
        pro_calls=_added("pro_calls", count.pro, day),
        # Last: MariaDB assigns from left to right, and the cases ask for the old day.
        day=Case(When(day__gt=day, then=F("day")), default=Value(day)),
    )
    served.add(ids, day, calls=count.calls, served=count.served)


def _added(field: str, number: int, day: date) -> Case:
    """A count that comes late must not end the day that another process has begun."""
    return Case(
        When(day=day, then=F(field) + number),
        When(day__gt=day, then=F(field)),
        default=Value(number),
        output_field=BigIntegerField(),
    )


def _totals(ids: Sequence[int]) -> Iterator[tuple[int, Today]]:
    rows = Credential.objects.filter(pk__in=ids).exclude(day=None)
    for id, day, calls, pro in rows.values_list("pk", "day", "calls", "pro_calls"):
        if day is not None:
            yield id, Today(day, calls, pro)


def _note(mishaps: Mapping[int, Sequence[Mishap]]) -> None:
    for chunk in _chunks(list(mishaps)):
        with transaction.atomic():
            Revision.lock()
            rows = Credential.objects.filter(pk__in=chunk, deleted_at=None)
            for row in rows.only("errors"):
                row.errors = history.merged(row.errors, mishaps[row.pk])
                row.save(update_fields=["errors"])


def _find(id: int) -> Row | None:
    credential = Credential.objects.filter(pk=id, deleted_at=None).first()
    return None if credential is None else _row(credential, _loans(credential_id=id).get(id))


def _chunks(items: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
