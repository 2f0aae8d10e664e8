"""All the credentials that may be lent, by id, and each provider's own in its roster."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from credentials.caps import Calendar, Today
from credentials.opening import Opened
from credentials.roster import Member, Roster, Rules
from credentials.store import Count, Row


class Company:
    """`pending` is what of a credential's calls on a day the database may not know yet."""

    def __init__(
        self,
        rules: Rules,
        calendar: Callable[[], Calendar],
        pending: Callable[[int, date], Count],
    ) -> None:
        self._rules = rules
        self._calendar = calendar
        self._pending = pending
        self._rosters: dict[str, Roster] = {}
        self._providers: frozenset[str] | None = None
        self._idle: dict[int, str] = {}
        self.members: dict[int, Member] = {}

    def roster(self, provider: str) -> Roster | None:
        return self._rosters.get(provider)

    def of(self, member: Member) -> Roster:
        """The roster of a credential that is here."""
        return self._rosters[member.access.provider]

    def size(self, provider: str) -> int:
        return len(self._rosters.get(provider, ()))

    def idle(self, provider: str) -> bool:
        """Whether it has a credential that is kept, but not to be lent."""
        return provider in self._idle.values()

    def providers(self) -> frozenset[str]:
        """Those that have anybody; the same object until somebody comes or goes."""
        if self._providers is None:
            having = (name for name, roster in self._rosters.items() if len(roster))
            self._providers = frozenset(having)
        return self._providers

    def tidy(self, now: datetime) -> None:
        for roster in self._rosters.values():
            roster.tidy(now)

    def take(self, row: Row, found: Opened | None, now: datetime) -> None:
        """`row` as it is stored now; without `found` it is not to be lent any more."""
        self._providers = None
        old = self.members.get(row.id)
        if old is not None and (found is None or row.provider != old.access.provider):
            self.of(old).drop(row.id)
            del self.members[row.id]
        self._idle.pop(row.id, None)
        if found is not None:
            self._put(row, found, now)
        elif row.sealed:
            # Of a removed one only an empty row is left.
            self._idle[row.id] = row.provider

    def settle(self, id: int, today: Today) -> None:
        """The database knows of these calls of all processes together."""
        member = self.members.get(id)
        if member is not None:
            pending = self._pending(id, today.day)
            both = Today(today.day, today.calls + pending.calls, today.pro + pending.pro)
            member.tally.learn(both, self._calendar())

    def _put(self, row: Row, found: Opened, now: datetime) -> None:
        access = found.access
        member = self.members.get(row.id)
        if member is None:
            member = Member(access, row.sealed, row.weight, row.health, row.version)
            self.members[row.id] = member
        else:
            member.access, member.sealed, member.weight = access, row.sealed, row.weight
            if row.version > member.version and not member.reports:
                member.health, member.version = row.health, row.version
        member.account, member.sealed_proxy = found.account, row.sealed_proxy
        member.tally.limit(row.caps)
        if row.today is not None:
            self.settle(row.id, row.today)
        roster = self._rosters.get(access.provider)
        if roster is None:
            roster = self._rosters[access.provider] = Roster(self._rules)
        roster.put(member, now)
