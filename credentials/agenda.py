"""When credentials are probed: agreed on in the database, once for all processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db.models import F, Q

from credentials.models import Credential
from credentials.store import Store

_MOST = 50
_OURS = timedelta(minutes=2)
"""So long nobody else probes a credential that has rested: longer than all look again, and shorter
than its next rest."""
_TAKEN = 1_000_000
"""Stands as the number of probes of such a one: a ban that comes of it has its own first date."""


class Steps(msgspec.Struct, frozen=True):
    """`first` after the ban, then twice as long each time, up to `longest`."""

    first: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(days=1)

    def wait(self, probes: int) -> timedelta:
        """How long to wait after this many probes in vain."""
        return min(self.first * (1 << min(probes, 20)), self.longest)


class Agenda:
    def __init__(self, store: Store, steps: Steps = Steps()) -> None:  # noqa: B008 - it is frozen
        self._store = store
        self._steps = steps

    async def due(self, now: datetime) -> list[int]:
        """The banned credentials that this process is to probe now, fifty at most.

        Each is given to one process, once per step. One that was banned since the last look gets
        its first date.
        """
        return await self._store.run(lambda: self._due(now))

    async def ours(self, ids: Sequence[int], now: datetime) -> list[int]:
        """Of credentials that were refused and have rested, not banned, those that this process
        is to probe now."""
        return await self._store.run(lambda: self._ours(ids, now)) if ids else []

    def _ours(self, ids: Sequence[int], now: datetime) -> list[int]:
        taken: dict[str, Any] = {"probe_at": now + _OURS, "probes": _TAKEN}
        free = Credential.objects.filter(Q(probe_at=None) | Q(probe_at__lte=now), banned=False)
        return [id for id in ids if free.filter(pk=id).update(**taken)]

    def _due(self, now: datetime) -> list[int]:
        banned = Credential.objects.filter(banned=True, enabled=True, deleted_at=None)
        fresh = banned.filter(Q(probe_at=None) | Q(probes=_TAKEN))
        fresh.update(probe_at=now + self._steps.wait(0), probes=0)
        # One that was pardoned, or answered, begins anew with its next ban.
        over = Q(probes__gt=0, probes__lt=_TAKEN) | Q(probe_at__lte=now)
        Credential.objects.filter(over, banned=False).update(probe_at=None, probes=0)
        rows = banned.filter(probe_at__lte=now).order_by("probe_at")
        seen = list(rows.values_list("pk", "probe_at", "probes")[:_MOST])
        return [id for id, at, probes in seen if self._claim(id, at, probes, now)]

    def _claim(self, id: int, at: datetime | None, probes: int, now: datetime) -> bool:
        """Whoever moves the date has the probe."""
        mine = Credential.objects.filter(Q(probe_at=at), pk=id, banned=True)
        next_at = now + self._steps.wait(probes + 1)
        return bool(mine.update(probe_at=next_at, probes=F("probes") + 1))
