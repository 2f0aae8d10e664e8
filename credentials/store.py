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
from django.db.models import Case, F, Value, When

from credentials import health as health_
from credentials.health import Health
from credentials.models import Credential, Revision

log = logging.getLogger(__name__)
T = TypeVar("T")

_CHUNK = 200
"""Rows per transaction, so that other writers of the database wait a few milliseconds at most."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One credential as stored. `live`: enabled by the operator and not removed."""

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
    calls: int = 0
    served: int = 0


class Storage(Protocol):
    """What the pool needs of a store."""

    async def load(self, since: int, build: Callable[[Row], T]) -> Loaded[T] | None: ...

    async def save(self, changes: Sequence[Change], now: datetime) -> dict[int, Saved]: ...

    async def count(self, day: date, counts: Mapping[int, Count]) -> None: ...

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

    async def count(self, day: date, counts: Mapping[int, Count]) -> None:
        await self.run(lambda: _count(day, counts))

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
    changed = Credential.objects.filter(revision__gt=since if revision > since else -1)
    rows = [_row(credential) for credential in changed.order_by("pk").iterator(chunk_size=1000)]
    return Loaded(revision, tuple((row, build(row)) for row in rows))


def _row(credential: Credential) -> Row:
    return Row(
        id=credential.pk,
        kind=credential.kind,
        provider=credential.provider,
        label=credential.label,
        sealed=credential.sealed,
        base_url=credential.base_url,
        extra=credential.extra,
        weight=max(credential.weight, 1),
        live=credential.enabled and credential.deleted_at is None,
        health=read(credential),
        version=credential.health_version,
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


def _count(day: date, counts: Mapping[int, Count]) -> None:
    """Rotation gives many credentials the same counts: one update for each different pair."""
    alike: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for id, count in counts.items():
        alike[count.calls, count.served].append(id)
    for (calls, served), ids in alike.items():
        for chunk in _chunks(ids):
            Credential.objects.filter(pk__in=chunk).update(
                calls=Case(When(day=day, then=F("calls") + calls), default=Value(calls)),
                served=Case(When(day=day, then=F("served") + served), default=Value(served)),
                # Last: MariaDB assigns from left to right, and the cases ask for the old day.
                day=day,
            )


def _chunks(items: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
