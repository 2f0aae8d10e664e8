"""The pool lends credentials: one per attempt, the healthy ones in turn, from memory alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime

from msgspec.structs import replace

from credentials.health import Outcome, Policy, Succeeded, after
from credentials.keeper import Keeper
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
    """

    def __init__(self, known: int, retry_after: float | None) -> None:
        super().__init__(f"{known} credentials are known, none can be used now.")
        self.known = known
        self.retry_after = retry_after


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
        if isinstance(outcome, Succeeded) and not outcome.model:
            outcome = replace(outcome, model=self.model)
        self._pool.learn(self.access.id, outcome, self.sent_at)


class Pool:
    """`policy` and `rotation` are asked each time, so that settings change without a restart.

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
        rotation: Callable[[], int] = lambda: 1,
        strict: bool = False,
    ) -> None:
        self._store = store
        self._vault = vault
        self._policy = policy
        self._clock = clock
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

        `exclude`: ids that this request has tried already. Raises Unavailable.
        """
        now = self._clock()
        roster = self._rosters.get(provider)
        if roster is None or not len(roster):
            raise Unavailable(0, None)
        member = roster.pick(model, now, exclude)
        if member is None:
            soonest = roster.soonest(model, now)
            wait = None if soonest is None else max((soonest - now).total_seconds(), 0.0)
            raise Unavailable(len(roster), wait)
        self._keeper.count(member.access.id, calls=1)
        return Lease(self, member.access, model, now)

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

    def reported_twice(self, lease: Lease) -> None:
        self.double_reports += 1
        if self._strict:
            raise RuntimeError(f"{lease!r} was reported twice.")

    def _changed(self, member: Member) -> None:
        """A save found that another process had learned something."""
        if self._members.get(member.access.id) is member:
            self._rosters[member.access.provider].put(member, self._clock())

    def _open(self, row: Row) -> Access | None:
        """Runs on the store's thread. None for what the pool must not lend."""
        if not row.live:
            return None
        known = self._members.get(row.id)
        try:
            if known is not None and known.sealed == row.sealed:
                secret = known.access.secret
            else:
                secret = self._vault.open(row.sealed.encode())
        except VaultError as error:
            log.error("Credential %s is left out: %s", row.id, error)  # noqa: TRY400 - no traceback
            return None
        return Access(row.id, row.provider, row.label, secret, row.base_url, row.extra)

    def _take(self, loaded: Loaded[Access | None], now: datetime) -> None:
        self._revision = loaded.revision
        for row, access in loaded.rows:
            old = self._members.get(row.id)
            if old is not None and (access is None or access.provider != old.access.provider):
                self._rosters[old.access.provider].drop(row.id)
                del self._members[row.id]
            if access is None:
                self._keeper.forget(row.id)
            else:
                self._put(row, access, now)

    def _put(self, row: Row, access: Access, now: datetime) -> None:
        member = self._members.get(row.id)
        if member is None:
            member = Member(access, row.sealed, row.weight, row.health, row.version)
            self._members[row.id] = member
        else:
            member.access, member.sealed, member.weight = access, row.sealed, row.weight
            if row.version > member.version and not member.reports:
                member.health, member.version = row.health, row.version
        roster = self._rosters.setdefault(access.provider, Roster(self._rotation))
        roster.put(member, now)
