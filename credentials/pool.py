"""The pool lends credentials: one per attempt, the healthy ones in turn, from memory alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from credentials import sealing
from credentials.bearer import Account, Bearer, Bearers, Failure, NoBearers, Unready
from credentials.health import Outcome, Policy, Refused, Succeeded, after
from credentials.keeper import Keeper
from credentials.kinds import Kind
from credentials.roster import Access, Member, Report, Roster
from credentials.store import Loaded, Row, Storage
from credentials.vault import Vault, VaultError

__all__ = ["Access", "Lease", "Pool", "Unavailable"]

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class Unavailable(Exception):
    """No credential for this request now.

    `known` counts the enabled credentials of the provider; 0: there is none at all. `retry_after`
    is in seconds: 0.0 when one is awake but was tried already, None when none wakes by itself.
    `reason` is for the operator: why an account that was asked for could not be made ready.
    """

    def __init__(self, known: int, retry_after: float | None, reason: str = "") -> None:
        super().__init__(f"{known} credentials are known, none can be used now. {reason}".rstrip())
        self.known = known
        self.retry_after = retry_after
        self.reason = reason


class Lease:
    """One credential for one attempt. Whoever takes it reports exactly once how it ended."""

    __slots__ = ("_pool", "_reported", "access", "model", "sent_at")

    def __init__(self, pool: Pool, access: Access, model: str, sent_at: datetime) -> None:
        self.access = access
        self.model = model
        self.sent_at = sent_at
        self._pool = pool
        self._reported = False

    def __repr__(self) -> str:
        return f"<Lease of {self.access!r} for {self.model}>"

    def report(self, outcome: Outcome) -> None:
        """Takes effect at once, and is saved soon. Never waits."""
        if self._reported:
            self._pool.reported_twice(self)
            return
        self._reported = True
        if isinstance(outcome, Refused) and outcome.code == 401:
            self._pool.distrust(self.access)
        if isinstance(outcome, Succeeded) and not outcome.model:
            outcome = replace(outcome, model=self.model)
        self._pool.learn(self.access.id, outcome, self.sent_at)


class Pool:
    """`policy` and `rotation` are asked each time, so that settings change without a restart.

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
        rotation: Callable[[], int] = lambda: 1,
        strict: bool = False,
    ) -> None:
        self._store = store
        self._vault = vault
        self._policy = policy
        self._clock = clock
        self._bearers = bearers or NoBearers(clock)
        self._rotation = rotation
        self._strict = strict
        self._revision = -1
        self._members: dict[int, Member] = {}
        self._rosters: dict[str, Roster] = {}
        self._keeper = Keeper(store, policy, clock, changed=self._changed)
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
            for roster in self._rosters.values():
                roster.tidy(now)
            if loaded is None:
                return False
            self._take(loaded, now)
            return bool(loaded.rows)

    def has(self, provider: str) -> bool:
        """Whether the provider has any credential that its operator has not switched off."""
        return len(self._rosters.get(provider, ())) > 0

    async def close(self) -> None:
        """Saves what is not saved yet."""
        await self._keeper.close()
        await self._store.close()

    async def acquire(self, provider: str, model: str, exclude: Collection[int] = ()) -> Lease:
        """The next credential of `provider` that may serve `model`, in memory, in microseconds.

        It waits only for an account whose access token has expired; an account that gets none is
        passed over. `exclude`: ids that this request has tried already. Raises Unavailable.
        """
        reason = ""
        while True:
            now = self._clock()
            member = self._pick(provider, model, now, exclude, reason)
            account = member.account
            if account is None:
                return self._lend(member.access, model, now)
            bearer = self._bearers.cached(account)
            if bearer is not None:
                return self._lend(_dressed(member.access, bearer), model, now)
            exclude = {*exclude, account.id}
            try:
                bearer = await self._bearers.ready(account)
            except Unready as error:
                reason = error.failure.reason
                self._failed(member, error.failure)
            else:
                # It may be gone since, or belong to an operator who has disabled it.
                if self._members.get(account.id) is member:
                    return self._lend(_dressed(member.access, bearer), model, self._clock())

    def providers(self) -> frozenset[str]:
        """The providers that have an enabled credential."""
        return frozenset(name for name, roster in self._rosters.items() if len(roster))

    def known(self, provider: str) -> int:
        """How many enabled credentials a provider has, whatever their health."""
        roster = self._rosters.get(provider)
        return 0 if roster is None else len(roster)

    def learn(self, id: int, outcome: Outcome, sent_at: datetime) -> None:
        """What a lease reports. A credential that is gone by now is not of interest."""
        member = self._members.get(id)
        if member is None:
            return
        if isinstance(outcome, Succeeded):
            self._keeper.count(id, served=1)
        now = self._clock()
        health = after(member.health, outcome, self._policy(), sent_at=sent_at, now=now)
        if health is member.health:
            return
        if health.banned:
            log.warning("Credential %s is banned: %s", id, health.banned)
        member.health = health
        self._keeper.report(member, Report(outcome, sent_at, now))
        self._rosters[member.access.provider].note(member, now)

    def distrust(self, access: Access) -> None:
        """An account's token was refused: the account may be fine, and gets a new one."""
        member = self._members.get(access.id)
        if member is not None and member.account is not None:
            self._bearers.discard(access.id, access.secret)

    def reported_twice(self, lease: Lease) -> None:
        self.double_reports += 1
        if self._strict:
            raise RuntimeError(f"{lease!r} was reported twice.")

    def _pick(
        self, provider: str, model: str, now: datetime, exclude: Collection[int], reason: str
    ) -> Member:
        roster = self._rosters.get(provider)
        if roster is None or not len(roster):
            raise Unavailable(0, None, reason)
        member = roster.pick(model, now, exclude)
        if member is None:
            soonest = roster.soonest(model, now)
            wait = None if soonest is None else max((soonest - now).total_seconds(), 0.0)
            raise Unavailable(len(roster), wait, reason)
        return member

    def _lend(self, access: Access, model: str, now: datetime) -> Lease:
        self._keeper.count(access.id, calls=1)
        return Lease(self, access, model, now)

    def _failed(self, member: Member, failure: Failure) -> None:
        """All who waited for one refresh bring the same failure: it counts once."""
        if member.failure is not failure:
            member.failure = failure
            self.learn(member.access.id, failure.outcome, failure.at)

    def _changed(self, member: Member) -> None:
        """A save found that another process had learned something."""
        if self._members.get(member.access.id) is member:
            self._rosters[member.access.provider].put(member, self._clock())

    def _open(self, row: Row) -> _Opened | None:
        """Runs on the store's thread. None for what the pool must not lend."""
        if not row.live:
            return None
        known = self._members.get(row.id)
        try:
            kind = Kind(row.kind)
            if known is not None and known.sealed == row.sealed and known.access.kind is kind:
                secret = known.account.document if known.account else known.access.secret
            else:
                secret = sealing.opened(self._vault, kind, row.sealed)
        except (VaultError, ValueError) as error:
            log.error("Credential %s is left out: %s", row.id, error)  # noqa: TRY400 - no traceback
            return None
        if isinstance(secret, str):
            return _Opened(_access(row, kind, secret), None)
        return _Opened(_access(row, kind, ""), Account(row.id, kind, secret, row.extra))

    def _take(self, loaded: Loaded[_Opened | None], now: datetime) -> None:
        self._revision = loaded.revision
        for row, opened in loaded.rows:
            old = self._members.get(row.id)
            if old is not None and (opened is None or row.provider != old.access.provider):
                self._rosters[old.access.provider].drop(row.id)
                del self._members[row.id]
            if opened is None:
                self._keeper.forget(row.id)
                self._bearers.forget(row.id)
            else:
                self._put(row, opened, now)

    def _put(self, row: Row, opened: _Opened, now: datetime) -> None:
        access = opened.access
        member = self._members.get(row.id)
        if member is None:
            member = Member(access, row.sealed, row.weight, row.health, row.version)
            self._members[row.id] = member
        else:
            member.access, member.sealed, member.weight = access, row.sealed, row.weight
            if row.version > member.version and not member.reports:
                member.health, member.version = row.health, row.version
        member.account = opened.account
        roster = self._rosters.setdefault(access.provider, Roster(self._rotation))
        roster.put(member, now)


class _Opened(NamedTuple):
    access: Access
    account: Account | None


def _access(row: Row, kind: Kind, secret: str) -> Access:
    return Access(row.id, row.provider, row.label, secret, row.base_url, row.extra, kind)


def _dressed(access: Access, bearer: Bearer) -> Access:
    """`access` with an account's token in it."""
    extra = {**access.extra, "project": bearer.project} if bearer.project else access.extra
    return Access(
        access.id,
        access.provider,
        access.label,
        bearer.secret,
        access.base_url,
        extra,
        access.kind,
    )
