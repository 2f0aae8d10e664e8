"""Who may ask: a snapshot in memory of every key, digest → grant."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime

import msgspec

from keys import secret as secrets
from keys.address import Network, within
from keys.flight import Flight

log = logging.getLogger("potluck.keys")


class Grant(msgspec.Struct, frozen=True, gc=False):
    """What a key allows, as far as memory can tell. A limit that is None is none.

    An empty `models` allows every model, otherwise it holds globs; an empty `networks` every
    address. `rpm` is requests a minute, `concurrency` calls at once, `waiting` how many more may
    wait for a place. `daily` says that the ledger also counts by day. `unstarted` says that the
    key expires some time after its first use, and had none.
    """

    key_id: int
    label: str
    enabled: bool = True
    expires_at: datetime | None = None
    models: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    rpm: int | None = None
    concurrency: int | None = None
    waiting: int = 0
    daily: bool = False
    unstarted: bool = False

    def welcomes(self, client: str) -> bool:
        """Whether the key may be used from an address."""
        return not self.networks or within(client, self.networks)


class Change(msgspec.Struct, frozen=True, gc=False):
    """A key that is new or different; `grant` is None when it is gone."""

    key_id: int
    digest: bytes
    grant: Grant | None


class Changes(msgspec.Struct, frozen=True):
    """What changed up to `revision`; `whole` says that keys not named here do not exist."""

    revision: int
    keys: Sequence[Change]
    whole: bool = False


class Directory:
    """The snapshot. `find` only reads memory; everything runs on one event loop.

    `load(since)` reads what changed after a revision (None: nothing did) and runs on `executor`,
    whose one thread keeps the database connection (`keys.stored.grants`). A miss may look into
    the database at most every `patience` seconds, however many callers miss. `password` is
    API_PASSWORD, which stands for a key of its own.
    """

    def __init__(
        self,
        pepper: bytes,
        load: Callable[[int], Changes | None],
        executor: Executor,
        *,
        patience: float = 0.1,
        password: str = "",
    ) -> None:
        self._digest = secrets.digester(pepper)
        self._password = password.encode()
        self._shared = secrets.shared(password, pepper) if password else ""
        self._load = load
        self._executor = executor
        self._patience = patience
        self._flight = Flight(self._update)
        self._revision = -1
        self._grants: dict[bytes, Grant] = {}
        self._digests: dict[int, bytes] = {}
        self._looked = float("-inf")

    def __len__(self) -> int:
        return len(self._grants)

    def find(self, secret: str) -> Grant | None:
        """The grant of a key, enabled or not; None if there is no such key."""
        if not secrets.wellformed(secret):
            if not self._password or not hmac.compare_digest(secret.encode(), self._password):
                return None
            secret = self._shared
        return self._grants.get(self._digest(secret))

    async def refresh(self) -> bool:
        """Loads what changed since the last time; True if anything did."""
        return await self._flight.run()

    async def find_or_refresh(self, secret: str) -> Grant | None:
        """Like `find`, but a key that another process made a moment ago is found too."""
        grant = self.find(secret)
        if grant is not None or not secrets.wellformed(secret):
            return grant
        try:
            await self._look()
        except Exception:
            # Known keys go on working from memory; an unknown one stays unknown.
            log.exception("the keys could not be refreshed")
        return self.find(secret)

    async def _look(self) -> None:
        seen, time = self._flight.begun, asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._looked + self._patience - time()))
        if self._flight.begun == seen:
            self._looked = time()
        await self._flight.after(seen)

    async def _update(self) -> bool:
        loop = asyncio.get_running_loop()
        changes = await loop.run_in_executor(self._executor, self._load, self._revision)
        if changes is None:
            return False
        if changes.whole:
            self._grants, self._digests = {}, {}
        for change in changes.keys:
            self._apply(change)
        self._revision = changes.revision
        return True

    def _apply(self, change: Change) -> None:
        old = self._digests.pop(change.key_id, None)
        if old is not None:
            self._grants.pop(old, None)
        if change.grant is not None:
            self._digests[change.key_id] = change.digest
            self._grants[change.digest] = change.grant
