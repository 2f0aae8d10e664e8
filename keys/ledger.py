"""The till: reserves before a request is sent, settles after it, and remembers it.

A reservation is committed when `reserve` returns. Requests that arrive while one transaction runs
share the next one. Nothing else in the project writes a key's used or reserved units while
requests run.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from keys import waiters
from keys.batch import Terms
from keys.outage import LedgerDown
from keys.plan import Reserve, Settle
from keys.records import RequestRecord
from keys.session import Session
from keys.writer import Stats, Writer

__all__ = ["Ledger", "LedgerDown"]

log = logging.getLogger("potluck.ledger")

# Settlements and records are not waited for: for this long they wait for a reservation to ride
# with, which halves the transactions of a busy gateway. A crash meanwhile refunds them.
_LINGER = 0.02


class Ledger:
    """One per process and database. Everything is called on the loop that called `start`.

    `hold` is how long the reservations of a process that died stay locked; a living one prolongs
    its own. `zone` is where a day of the usage sums begins; `room` is how many request records,
    and how many orders, may wait while the database is away. `patience`: so many seconds a
    reservation is waited for, whatever the database does.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        using: str = "default",
        hold: timedelta = timedelta(minutes=2),
        zone: tzinfo = UTC,
        room: int = 10_000,
        patience: float = 10.0,
    ) -> None:
        self.owner = str(uuid.uuid4())
        self.stats = Stats()
        self._clock = clock
        self._session = Session(using)
        self._terms = Terms(self.owner, hold, zone)
        self._room = room
        self._patience = patience
        self._writer: Writer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Starts the writer and refunds what dead processes left. Once; later calls do nothing."""
        if self._writer is not None:
            return
        self._loop = asyncio.get_running_loop()
        self._writer = Writer(
            self._session, self._terms, self._clock, stats=self.stats, room=self._room
        )
        self._writer.start()
        try:
            await self.sweep(self._clock())
        except LedgerDown:
            log.warning("expired reservations are not swept yet")

    async def reserve(self, key_id: int, units: int, request_id: str, model: str = "") -> None:
        """Returns when the reservation is committed. Raises quota.Refused or LedgerDown.

        `request_id` is unique for ever and at most 64 characters long. `model` is what the key's
        daily allowances of models are looked up by, as costs are.
        """
        if units < 0:
            raise ValueError("a cost is never negative")
        writer, loop = self._writer, self._loop
        if writer is None or loop is None:
            raise LedgerDown("the ledger is not running")
        if writer.full:
            raise LedgerDown("the ledger has fallen behind")
        waiter: asyncio.Future[None] = loop.create_future()
        writer.post(Reserve(request_id, key_id, units, model), waiter)
        writer.kick()
        timer = loop.call_later(self._patience, waiters.expire, waiter)
        try:
            await waiter
        except (asyncio.CancelledError, waiters.Overdue):
            # It may be committed all the same, and its request will never settle it.
            self.settle(request_id, key_id, 0, charge=False)
            raise
        finally:
            timer.cancel()

    def settle(self, request_id: str, key_id: int, units: int, *, charge: bool) -> None:
        """Ends a reservation: charges `units`, at most what was reserved, or refunds it all.

        Only the first settlement of a request counts, and none after it expired.
        """
        if self._writer is None:
            log.error("a settlement came while the ledger was not running")
            return
        self._writer.post(Settle(request_id, key_id, units, charge))
        self._soon()

    def record(self, record: RequestRecord) -> None:
        """Remembers a finished request and adds it to the usage of its day."""
        if self._writer is not None:
            self._writer.note(record)
            self._soon()

    async def sweep(self, now: datetime) -> int:
        """Refunds reservations that expired by `now`; returns how many. Raises LedgerDown."""
        if self._writer is None:
            raise LedgerDown("the ledger is not running")
        return await self._writer.sweep(now)

    async def flush(self) -> None:
        """Returns when everything that came before is committed. Raises LedgerDown."""
        if self._writer is not None:
            await self._writer.flush()

    async def close(self) -> None:
        """Commits everything queued. Whoever reserves from now on gets LedgerDown."""
        writer, self._writer = self._writer, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if writer is not None:
            await writer.close()

    def _soon(self) -> None:
        if self._timer is None and self._loop is not None:
            self._timer = self._loop.call_later(_LINGER, self._push)

    def _push(self) -> None:
        self._timer = None
        if self._writer is not None:
            self._writer.push()
