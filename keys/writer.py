"""The thread that writes the ledger: takes what is queued, commits it together, tells who waits.

What goes wrong with the database is decided here. A request that waits is refused, since quota
is never given away; settlements wait until the database is back; records wait too, up to a
bound, after which they are dropped and counted. An order or a record that no database takes is
found by halving its batch, and fails alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec
from django.db.utils import DataError, Error, IntegrityError

from keys import batch, waiters
from keys.batch import Batch, Posted, Terms
from keys.plan import Order, Plan, Reserve, Settle
from keys.records import RequestRecord
from keys.session import Session

log = logging.getLogger("potluck.ledger")

_SIZE = 256
_GROUP = 64
"""Records are nobody's to wait for: until so many are queued, they wait for the next flush."""
_PATIENCE = 5.0
_FAREWELLS = 3


class LedgerDown(Exception):
    """The ledger cannot be written, so nothing can be reserved."""


class Stats(msgspec.Struct):
    """Counts since the start. `records`: those that were written; `unknown`: settled twice, or
    swept first; `rejected`: orders and records that the database refused; `dropped`: records that
    found no room."""

    batches: int = 0
    records: int = 0
    failures: int = 0
    unknown: int = 0
    rejected: int = 0
    dropped: int = 0


class Writer:
    """Owns one thread and its database connection. `post`, `note` and `kick` come from the loop."""

    def __init__(
        self,
        session: Session,
        terms: Terms,
        clock: Callable[[], datetime],
        *,
        stats: Stats,
        room: int,
    ) -> None:
        self.stats = stats
        self._session = session
        self._terms = terms
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._room = room
        self._posts: deque[Posted] = deque()
        self._records: deque[RequestRecord] = deque()
        self._sweeps: deque[tuple[datetime, asyncio.Future[int]]] = deque()
        self._flushes: deque[asyncio.Future[None]] = deque()
        self._held: set[str] = set()
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._rung = False
        self._pushed = False
        self._closing = False
        self._kept = False
        self._strikes = 0
        self._due = clock()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)

    def start(self) -> None:
        self._thread.start()

    async def close(self) -> None:
        """Returns when everything queued is committed, or cannot be."""
        self._closing = True
        self.push()
        await asyncio.to_thread(self._thread.join)

    def post(self, order: Order, waiter: asyncio.Future[None] | None = None) -> None:
        self._posts.append(Posted(order, waiter))

    def note(self, record: RequestRecord) -> None:
        if len(self._records) < self._room:
            self._records.append(record)
        else:
            self.stats.dropped += 1

    def sweep(self, now: datetime) -> asyncio.Future[int]:
        waiter: asyncio.Future[int] = self._loop.create_future()
        self._sweeps.append((now, waiter))
        self.kick()
        return waiter

    def flush(self) -> asyncio.Future[None]:
        """Commits records too, however few; the answer comes when what was queued is written."""
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._flushes.append(waiter)
        self.push()
        return waiter

    def push(self) -> None:
        """Has everything that is queued written, also what could wait."""
        self._pushed = True
        self.kick()

    def kick(self) -> None:
        """Wakes the thread. Whatever was queued before is seen by its next turn."""
        if not self._rung:
            self._rung = True
            self._bell.put(None)

    def _run(self) -> None:
        _give_way()
        going = True
        while going:
            try:
                going = self._turn()
            except Exception:
                self._strikes += 1
                going = not self._closing
                log.exception("the ledger's writer stumbled")
        self._farewell()

    def _turn(self) -> bool:
        self._pause()
        # Read before the queues: whatever was queued before it was set is still written.
        closing = self._closing
        self._prolong()
        flushed = [self._flushes.popleft() for _ in range(len(self._flushes))]
        for taken in self._take():
            self._commit(taken)
        while self._sweeps:
            self._sweep(*self._sweeps.popleft())
        if flushed:
            error = LedgerDown("the ledger cannot be written") if self._kept else None
            self._answer([(waiter, error) for waiter in flushed])
        return not closing or (self._kept and self._strikes < _FAREWELLS)

    def _pause(self) -> None:
        """Until somebody rings, a retry is due, or reservations want prolonging."""
        seconds = self._terms.hold.total_seconds() / 4
        if self._kept:
            seconds = min(seconds, _PATIENCE, 0.05 * 2**self._strikes)
        with contextlib.suppress(queue.Empty):
            self._bell.get(timeout=seconds)
        # Cleared before the queues are read: what comes later rings again.
        self._rung = False

    def _take(self) -> Iterator[Batch]:
        """What is queued now; what comes later has its own ring."""
        all_of_it = self._pushed or self._kept
        self._pushed = self._kept = False
        posts, found = self._posts, self._records
        orders = len(posts)
        notes = len(found) if all_of_it or len(found) >= _GROUP else 0
        while orders or notes:
            some, few = min(orders, _SIZE), min(notes, _SIZE)
            orders, notes = orders - some, notes - few
            yield Batch(
                [posts.popleft() for _ in range(some)], [found.popleft() for _ in range(few)]
            )

    def _commit(self, taken: Batch) -> None:
        try:
            done = batch.commit(self._session, taken, self._terms, self._clock())
        except Exception as error:
            self.stats.failures += 1
            self._fail(taken, error)
        else:
            self.stats.batches += 1
            self.stats.records += len(taken.records)
            self._settled(taken, done)

    def _settled(self, taken: Batch, done: Plan) -> None:
        self._recovered()
        self.stats.unknown += done.unknown
        self._held.update(done.opened)
        self._held.difference_update(done.ended)
        self._answer(
            [
                (post.waiter, done.refusals.get(place))
                for place, post in enumerate(taken.posts)
                if post.waiter is not None
            ]
        )

    def _recovered(self) -> None:
        if self._strikes:
            log.warning("the ledger is written again after %d failures", self._strikes)
            self._strikes = 0

    def _fail(self, taken: Batch, error: Exception) -> None:
        if isinstance(error, Error) and not isinstance(error, DataError | IntegrityError):
            self._postpone(taken, error)
        elif halves := taken.halves():
            for half in halves:
                self._commit(half)
        else:
            self._reject(taken, error)

    def _postpone(self, taken: Batch, error: Exception) -> None:
        """The database is not there: keep what can wait, refuse who cannot."""
        self._kept = True
        self._strikes += 1
        if self._strikes == 1:
            log.error("the ledger cannot be written: %s", error)
        kept = [post for post in taken.posts if isinstance(post.order, Settle)]
        self._posts.extendleft(reversed(kept))
        self._records.extendleft(reversed(taken.records))
        if self._session.doubtful:
            # The commit may have held although its answer was lost: then it is undone later.
            for post in taken.posts:
                if isinstance(post.order, Reserve):
                    self.post(Settle(post.order.request_id, post.order.key_id, 0, charge=False))
        self._refuse(taken.posts, error)

    def _reject(self, taken: Batch, error: Exception) -> None:
        """One order or record that would fail for ever. A lost settlement expires unpaid."""
        self.stats.rejected += 1
        log.error("the ledger gave up on one entry: %r", error)
        self._held.difference_update(post.order.request_id for post in taken.posts)
        self._refuse(taken.posts, error)

    def _refuse(self, posts: Sequence[Posted], error: Exception) -> None:
        self._answer([(post.waiter, _down(error)) for post in posts if post.waiter is not None])

    def _prolong(self) -> None:
        now = self._clock()
        if now < self._due:
            return
        try:
            batch.prolong(self._session, self._held, now + self._terms.hold)
        except Exception as error:
            self._strikes += 1
            log.warning("reservations could not be prolonged: %r", error)
        else:
            self._due = now + self._terms.hold / 4
            self._recovered()

    def _sweep(self, now: datetime, waiter: asyncio.Future[int]) -> None:
        try:
            # A process that slept past its own expiry still runs its requests.
            batch.prolong(self._session, self._held, max(now, self._clock()) + self._terms.hold)
            found = batch.sweep(self._session, now)
        except Exception as error:
            self._tell(waiters.fail, waiter, _down(error))
        else:
            self._tell(waiters.succeed, waiter, found)

    def _answer(self, answers: list[tuple[asyncio.Future[None], Exception | None]]) -> None:
        if answers:
            self._tell(waiters.wake, answers)

    def _tell(self, function: Callable[..., None], *args: object) -> None:
        # A loop that closed has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *args)

    def _farewell(self) -> None:
        if lost := len(self._posts) + len(self._records):
            log.error("the ledger closed with %d entries unwritten", lost)
        self._session.close()


def _give_way() -> None:
    """Lets this thread wake up without taking the processor from the one that woke it.

    On a single core it would otherwise interrupt the event loop for every reservation; so it
    starts when the loop waits, with all that has come by then in one transaction.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _down(error: Exception) -> LedgerDown:
    down = LedgerDown("the ledger cannot be written")
    down.__cause__ = error
    return down
