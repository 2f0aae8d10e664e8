"""The pool lends credentials: one per attempt, the healthy ones in turn, from memory alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from credentials import history, shortage
from credentials.affinity import Affinity
from credentials.bearer import Account, Bearer, Bearers, Failure, NoBearers, Unready
from credentials.caps import Calendar, Today
from credentials.company import Company
from credentials.health import Outcome, Policy, Proven, Succeeded, after
from credentials.keeper import Keeper
from credentials.lease import Lack, Lease, Unavailable
from credentials.opening import Opened, dressed, opened
from credentials.roster import Access, Choice, Member, Report, Rules
from credentials.store import Loaded, Row, Storage
from credentials.vault import Vault

__all__ = ["Access", "Habits", "Lack", "Lease", "Pool", "Unavailable"]

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class Habits(NamedTuple):
    """Settings of the pool, asked for each time, so that they change without a restart.

    `lasts`: how many seconds a session stays with its credential; 0: not at all.
    """

    rules: Rules = Rules()
    calendar: Callable[[], Calendar] = Calendar
    lasts: Callable[[], float] = lambda: 3600.0


class Pool:
    """`policy` is asked each time, as `habits` are.

    `company` is who is lent: to look at, not to change.
    `bearers` makes access tokens for credentials that are accounts.
    `strict` makes a second report an error (tests, debugging); otherwise it is counted in
    `double_reports`. Everything but the store's work runs on one event loop.
    """

    def __init__(
        self,
        store: Storage,
        vault: Vault,
        policy: Callable[[], Policy],
        clock: Clock,
        *,
        bearers: Bearers | None = None,
        habits: Habits = Habits(),  # noqa: B008 - a tuple of functions
        rotation: Callable[[], int] | None = None,
        strict: bool = False,
    ) -> None:
        self._store = store
        self._vault = vault
        self._policy = policy
        self._clock = clock
        self._bearers = bearers or NoBearers(clock)
        self._rules = habits.rules if rotation is None else habits.rules._replace(calls=rotation)
        self._calendar = habits.calendar
        self._strict = strict
        self._revision = -1
        self._affinity = Affinity(habits.lasts)
        self._keeper = Keeper(store, policy, clock, changed=self._changed, counted=self._counted)
        self.company = Company(self._rules, habits.calendar, self._keeper.pending)
        self._members = self.company.members
        self._refreshing = asyncio.Lock()
        self.double_reports = 0

    def __repr__(self) -> str:
        return f"<Pool of {len(self._members)} credentials>"

    async def start(self) -> None:
        """Loads everything and begins to save."""
        await self.refresh()
        self._keeper.start()

    async def refresh(self) -> bool:
        """Takes over what changed in the database; True if anything did. One at a time.

        Where this process has learned something that is not saved yet, memory is right; the
        save settles it with what others have learned. Raises when the database is away; the
        pool then goes on as before.
        """
        async with self._refreshing:
            self._keeper.nudge()
            loaded = await self._store.load(self._revision, self._open)
            now = self._clock()
            self.company.tidy(now)
            if loaded is None:
                return False
            self._take(loaded, now)
            return bool(loaded.rows)

    async def close(self) -> None:
        """Saves what is not saved yet."""
        await self._keeper.close()
        await self._store.close()

    async def acquire(
        self, provider: str, model: str, exclude: Collection[int] = (), session: str = ""
    ) -> Lease:
        """The next credential of `provider` that may serve `model`, in memory, in microseconds.

        It waits only for an account whose access token has expired; an account that gets none is
        passed over. `exclude`: ids that this request has tried already. `session`: whose calls
        go to the same credential while that can be used. Raises Unavailable.
        """
        reason = ""
        while True:
            now = self._clock()
            choice = self._pick(provider, model, now, exclude, session, reason)
            member = choice.member
            account = member.account
            if account is None:
                return self._lend(choice, member.access, model, now, session)
            bearer = self._bearers.cached(account)
            if bearer is not None:
                return self._lend(choice, dressed(member.access, bearer), model, now, session)
            exclude = {*exclude, account.id}
            try:
                bearer, reason = await self._ready(member, account)
            finally:
                if bearer is None:
                    self._give_back(choice, model, now)
            if bearer is not None:
                access = dressed(member.access, bearer)
                return self._lend(choice, access, model, self._clock(), session)

    def count(self, provider: str) -> int:
        """The provider's credentials that its operator has not switched off."""
        return self.company.size(provider)

    def providers(self) -> frozenset[str]:
        """The providers that have an enabled credential."""
        return self.company.providers()

    def known(self, provider: str) -> int:
        """How many enabled credentials a provider has, whatever their health."""
        return self.company.size(provider)

    def home(self, session: str) -> str:
        """The provider that answered this session last, "" if that is not known: the signatures
        in its conversation are that provider's."""
        return self._affinity.home(session, self._clock())

    async def ready(self, one: Member | Opened) -> Access:
        """A credential whatever its health, to probe it, which counts as a call. Raises Unready."""
        if isinstance(one, Member):
            self._count(one, self._clock(), pro=False)
        if one.account is None:
            return one.access
        return dressed(one.access, await self._bearers.ready(one.account))

    def learn(
        self, id: int, outcome: Outcome, sent_at: datetime, status: int = 0, words: str = ""
    ) -> None:
        """How a call ended. A credential that is gone by now is not of interest."""
        member = self._members.get(id)
        if member is None:
            return
        now = self._clock()
        mishap = history.mishap(outcome, now, status, words)
        if mishap is not None:
            member.errors.append(mishap)
            self._keeper.note(id, mishap)
        health = after(member.health, outcome, self._policy(), sent_at=sent_at, now=now)
        if health is member.health:
            return
        if health.banned:
            log.warning("Credential %s is banned: %s", id, health.banned)
        member.health = health
        self._keeper.report(member, Report(outcome, sent_at, now))
        roster = self.company.of(member)
        if isinstance(outcome, Proven):
            roster.put(member, now)
        else:
            roster.note(member, now)

    def distrust(self, access: Access) -> None:
        """An account's token was refused: the account may be fine, and gets a new one."""
        member = self._members.get(access.id)
        if member is not None and member.account is not None:
            self._bearers.discard(access.id, access.secret)

    def begun(self, lease: Lease) -> None:
        """A lease's trial has succeeded."""
        self.learn(lease.access.id, Succeeded(lease.model), lease.sent_at)
        self._tried(lease)

    def ended(self, lease: Lease, outcome: Outcome, status: int, words: str) -> None:
        """What a lease reports."""
        id, now = lease.access.id, self._clock()
        self.learn(id, outcome, lease.sent_at, status, words)
        if isinstance(outcome, Succeeded):
            member = self._members.get(id)
            if member is not None:
                self._keeper.count(id, member.tally.day, served=1)
            if lease.session:
                self._affinity.answered(lease.session, lease.access.provider, now)
        if lease.trial:
            self._tried(lease)

    def reported_twice(self, lease: Lease) -> None:
        self.double_reports += 1
        if self._strict:
            raise RuntimeError(f"{lease!r} was reported twice.")

    def _pick(
        self,
        provider: str,
        model: str,
        now: datetime,
        exclude: Collection[int],
        session: str,
        reason: str,
    ) -> Choice:
        """Counts the call at once: nobody else may have the last one under a cap."""
        roster = self.company.roster(provider)
        if roster is None or not len(roster):
            lack = Lack.OFF if self.company.idle(provider) else Lack.EMPTY
            raise Unavailable(0, None, reason, lack)
        wanted = self._affinity.find(session, provider, now) if session else None
        choice = roster.pick(model, now, exclude, wanted)
        if choice is None:
            raise shortage.explained(roster, model, now, reason, pro=self._rules.pro(model))
        self._count(choice.member, now, pro=self._rules.pro(model))
        if session:
            self._affinity.take(session, provider, choice.member.access.id, now)
        return choice

    def _count(self, member: Member, now: datetime, *, pro: bool) -> None:
        member.tally.count(now, self._calendar(), pro=pro)
        self._keeper.count(member.access.id, member.tally.day, calls=1, pro=pro)

    def _lend(
        self, choice: Choice, access: Access, model: str, now: datetime, session: str
    ) -> Lease:
        return Lease(self, access, model, now, session=session, trial=choice.trial)

    async def _ready(self, member: Member, account: Account) -> tuple[Bearer | None, str]:
        """The account's token, or why there is none."""
        try:
            bearer = await self._bearers.ready(account)
        except Unready as error:
            self._failed(member, error.failure)
            return None, error.failure.reason
        # It may be gone since, or belong to an operator who has disabled it.
        return (bearer if self._members.get(account.id) is member else None), ""

    def _give_back(self, choice: Choice, model: str, now: datetime) -> None:
        """The call was not sent."""
        member, pro = choice.member, self._rules.pro(model)
        member.tally.uncount(pro=pro)
        self._keeper.count(member.access.id, member.tally.day, calls=-1, pro=-pro)
        if choice.trial:
            self.company.of(member).tried(member, choice.trial, now)

    def _tried(self, lease: Lease) -> None:
        member = self._members.get(lease.access.id)
        if member is not None:
            self.company.of(member).tried(member, lease.trial, self._clock())
        lease.trial = ()

    def _failed(self, member: Member, failure: Failure) -> None:
        """All who waited for one refresh bring the same failure: it counts once."""
        if member.failure is not failure:
            member.failure = failure
            self.learn(member.access.id, failure.outcome, failure.at, words=failure.reason)

    def _changed(self, member: Member) -> None:
        """A save found that another process had learned something."""
        if self._members.get(member.access.id) is member:
            self.company.of(member).put(member, self._clock())

    def _counted(self, totals: Mapping[int, Today]) -> None:
        for id, today in totals.items():
            self.company.settle(id, today)

    def _open(self, row: Row) -> Opened | None:
        """Runs on the store's thread. None for what the pool must not lend."""
        return opened(self._vault, row, self._members.get(row.id)) if row.live else None

    def _take(self, loaded: Loaded[Opened | None], now: datetime) -> None:
        self._revision = loaded.revision
        for row, found in loaded.rows:
            self.company.take(row, found, now)
            if found is None:
                self._keeper.forget(row.id)
                self._bearers.forget(row.id)
