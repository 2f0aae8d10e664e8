"""What the pool has learned and the database does not know yet."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from credentials import hints
from credentials.health import Health, Policy, after
from credentials.roster import Member, Report
from credentials.store import Change, Count, Storage

log = logging.getLogger(__name__)

_COUNT_EVERY = timedelta(seconds=30)


def fold(health: Health, reports: list[Report], policy: Policy) -> Health:
    """What `reports` make of `health`, in the order in which they came."""
    for report in reports:
        health = after(health, report.outcome, policy, sent_at=report.sent_at, now=report.at)
    return health


class Keeper:
    """Saves health at once and counts now and then, on one task, never in a request's way.

    Saving fails open: it is logged and counted, the pool goes on with what it knows, and the
    next `nudge` tries again.
    """

    def __init__(
        self,
        store: Storage,
        policy: Callable[[], Policy],
        clock: Callable[[], datetime],
        *,
        changed: Callable[[Member], None],
    ) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._changed = changed
        """Called when the database knew better and a member's health is another now."""
        self.failures = 0
        self._unsaved: dict[int, Member] = {}
        self._counts: dict[int, Count] = {}
        self._counted_at: datetime | None = None
        self._wake = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Everything learned is in the database afterwards, or the log says that it is not."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
            self._task = None
        await self.flush()

    def report(self, member: Member, report: Report) -> None:
        """`member.health` has taken the report in already."""
        member.reports.append(report)
        self._unsaved[member.access.id] = member
        self._wake.set()

    def count(self, id: int, *, calls: int = 0, served: int = 0) -> None:
        count = self._counts.setdefault(id, Count())
        count.calls += calls
        count.served += served

    def forget(self, id: int) -> None:
        """It was removed."""
        self._unsaved.pop(id, None)

    def nudge(self) -> None:
        """Once a second: tries again what failed, and writes the counts when it is time."""
        if self._unsaved or self._due():
            self._wake.set()

    async def flush(self) -> None:
        """Saves what there is. Never raises."""
        try:
            if self._unsaved:
                await self._save()
            if self._counts and (self._closing or self._due()):
                await self._count()
        except Exception:  # a background loop: a database that is away must not end it
            self.failures += 1
            log.exception("The state of credentials could not be saved; will try again.")

    def _due(self) -> bool:
        now = self._clock()
        if self._counted_at is None:
            self._counted_at = now
        return bool(self._counts) and now - self._counted_at >= _COUNT_EVERY

    async def _run(self) -> None:
        while not self._closing:
            await self._wake.wait()
            self._wake.clear()
            await self.flush()

    async def _save(self) -> None:
        members = list(self._unsaved.values())
        taken = {member.access.id: len(member.reports) for member in members}
        saved = await self._store.save([self._change(member) for member in members], self._clock())
        for member in members:
            id = member.access.id
            del member.reports[: taken[id]]
            if not member.reports:
                self._unsaved.pop(id, None)
            if id in saved:
                self._take(member, saved[id].version, saved[id].health)
        if self._unsaved:
            self._wake.set()

    def _change(self, member: Member) -> Change:
        again = partial(fold, reports=list(member.reports), policy=self._policy())
        return Change(member.access.id, member.version, member.health, again)

    def _take(self, member: Member, version: int, stored: Health) -> None:
        """The database has `stored` now; what was reported meanwhile comes on top."""
        member.version = version
        health = fold(stored, member.reports, self._policy())
        if health != member.health:
            member.health = health
            self._changed(member)

    async def _count(self) -> None:
        counts, self._counts = self._counts, {}
        self._counted_at = self._clock()
        await self._store.count(hints.day(self._counted_at), counts)
