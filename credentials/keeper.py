"""What the pool has learned and the database does not know yet."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial

from credentials.caps import Today
from credentials.health import Health, Policy, after
from credentials.history import KEPT, Mishap
from credentials.roster import Member, Report
from credentials.store import Change, Count, Storage

log = logging.getLogger(__name__)

_COUNT_EVERY = timedelta(seconds=10)
"""So long several processes may not know of each other's calls: each may go over a daily cap by
what the others send in this time."""


def fold(health: Health, reports: list[Report], policy: Policy) -> Health:
    """What `reports` make of `health`, in the order in which they came."""
    for report in reports:
        health = after(health, report.outcome, policy, sent_at=report.sent_at, now=report.at)
    return health


class Keeper:
    """Saves health at once, the rest now and then, on one task, never in a request's way.

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
        counted: Callable[[Mapping[int, Today]], None] = lambda totals: None,
    ) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._changed = changed
        """Called when the database knew better and a member's health is another now."""
        self._counted = counted
        """Called with what all processes have counted."""
        self.failures = 0
        self._unsaved: dict[int, Member] = {}
        self._counts: dict[date, dict[int, Count]] = {}
        self._counting: dict[date, dict[int, Count]] = {}
        self._mishaps: dict[int, deque[Mishap]] = {}
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

    def count(self, id: int, day: date, *, calls: int = 0, served: int = 0, pro: int = 0) -> None:
        """On `day`; negative numbers take back what was counted before."""
        counts = self._counts.get(day)
        if counts is None:
            counts = self._counts[day] = {}
        count = counts.get(id)
        if count is None:
            count = counts[id] = Count()
        count.calls += calls
        count.served += served
        count.pro += pro

    def pending(self, id: int, day: date) -> Count:
        """What was counted on `day` and may not be in the database yet."""
        found = Count()
        for counts in (self._counts, self._counting):
            count = counts.get(day, {}).get(id, found)
            if count is not found:
                found.calls += count.calls
                found.pro += count.pro
        return found

    def note(self, id: int, mishap: Mishap) -> None:
        self._mishaps.setdefault(id, deque(maxlen=KEPT)).append(mishap)

    def forget(self, id: int) -> None:
        """It was removed."""
        self._unsaved.pop(id, None)
        self._mishaps.pop(id, None)

    def nudge(self) -> None:
        """Once a second: tries again what failed, and writes the counts when it is time."""
        if self._unsaved or self._due():
            self._wake.set()

    async def flush(self) -> None:
        """Saves what there is. Never raises."""
        try:
            if self._unsaved:
                await self._save()
            if self._closing or self._due():
                await self._count()
                await self._note()
        except Exception:  # a background loop: a database that is away must not end it
            self.failures += 1
            log.exception("The state of credentials could not be saved; will try again.")

    def _due(self) -> bool:
        now = self._clock()
        if self._counted_at is None:
            self._counted_at = now
        waiting = self._counts or self._counting or self._mishaps
        return bool(waiting) and now - self._counted_at >= _COUNT_EVERY

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
        """A day at a time; what could not be written is written the next time."""
        self._counted_at = self._clock()
        self._counting, self._counts = _joined(self._counting, self._counts), {}
        for day in sorted(self._counting):
            totals = await self._store.count(day, self._counting[day])
            del self._counting[day]
            self._counted(totals)

    async def _note(self) -> None:
        mishaps, self._mishaps = self._mishaps, {}
        if mishaps:
            await self._store.note({id: tuple(each) for id, each in mishaps.items()})


def _joined(
    older: dict[date, dict[int, Count]], newer: dict[date, dict[int, Count]]
) -> dict[date, dict[int, Count]]:
    for day, counts in newer.items():
        for id, count in counts.items():
            into = older.setdefault(day, {}).setdefault(id, Count())
            into.calls += count.calls
            into.served += count.served
            into.pro += count.pro
    return older
