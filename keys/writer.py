"""The thread that writes the ledger: takes what is queued, commits it together, tells who waits.

What goes wrong with the database is decided here. A request that waits is refused, since quota
is never given away; settlements wait until the database is back; records wait too, up to a
bound, after which they are dropped and counted. One failure answers all who wait by then. An order
or a record that no database takes is found by halving its batch, and fails alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec

from keys import batch, outage, waiters
from keys.batch import Batch, Posted, Terms
from keys.courtesy import give_way
from keys.outage import Outage
from keys.plan import Order, Plan
from keys.records import RequestRecord
from keys.session import Session

log = logging.getLogger("potluck.ledger")

_SIZE = 256
_GROUP = 64
"""Records are nobody's to wait for: until so many are queued, they wait for the next flush."""
_FAREWELLS = 3


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
        self._outage = Outage()
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

    @property
    def full(self) -> bool:
        """More is queued than a database that is there ever leaves: no more should ask."""
        return len(self._posts) >= self._room

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
        give_way()
        going, stumbles = True, 0
        while going:
            try:
                going, stumbles = self._turn(), 0
            except Exception as error:
                going, stumbles = not self._closing, stumbles + 1
                log.exception("the ledger's writer stumbled")
                self._turn_away(error)
                time.sleep(outage.delay(stumbles))
        self._farewell()

    def _turn(self) -> bool:
        self._pause()
        # Read before the queues: whatever was queued before it was set is still written.
        closing = self._closing
        flushed = [self._flushes.popleft() for _ in range(len(self._flushes))]
        self._write()
        error = outage.down() if self._kept else None
        self._prolong()
        while self._sweeps:
            self._sweep(*self._sweeps.popleft())
        self._answer([(waiter, error) for waiter in flushed])
        return not closing or (self._kept and self._outage.strikes < _FAREWELLS)

    def _pause(self) -> None:
        """Until somebody rings, a retry is due, or reservations want prolonging."""
        seconds = self._terms.hold.total_seconds() / 4
        if self._kept:
            seconds = min(seconds, outage.delay(self._outage.strikes))
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
            some, few = self._safe(min(orders, _SIZE)), min(notes, _SIZE)
            orders, notes = orders - some, notes - few
            yield Batch(
                [posts.popleft() for _ in range(some)], [found.popleft() for _ in range(few)]
            )

    def _safe(self, some: int) -> int:
        """How many of the first orders to try. After a failure only what was kept: so that what
        may have to be undone does not grow with every attempt."""
        if not self._outage.strikes:
            return some
        waiting = (place for place in range(some) if self._posts[place].waiter is not None)
        return next(waiting, some) or some

    def _write(self) -> None:
        """Stops at the first sign that the database is away."""
        for whole in self._take():
            pending = [whole]
            while pending:
                taken = pending.pop()
                error = self._commit(taken)
                if error is None:
                    continue
                if outage.away(error):
                    self._postpone([taken, *reversed(pending)], error)
                    return
                if halves := taken.halves():
                    pending += reversed(halves)
                else:
                    self._reject(taken, error)

    def _commit(self, taken: Batch) -> Exception | None:
        try:
            done = batch.commit(self._session, taken, self._terms, self._clock())
        except Exception as error:
            self.stats.failures += 1
            return error
        self.stats.batches += 1
        self.stats.records += len(taken.records)
        self._settled(taken, done)
        return None

    def _settled(self, taken: Batch, done: Plan) -> None:
        self._outage.over()
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

    def _postpone(self, batches: Sequence[Batch], error: Exception) -> None:
        """The database is not there: keep what can wait, refuse who cannot. Only the first of
        `batches` was tried."""
        self._kept = True
        self._outage.failed(error, self._clock())
        self._records.extendleft(reversed([note for each in batches for note in each.records]))
        tried, *others = [each.posts for each in batches]
        if self._session.doubtful:
            others.insert(0, outage.undone(tried))
            self._refuse(tried, error)
        else:
            others.insert(0, tried)
        self._posts.extendleft(reversed([post for posts in others for post in posts]))
        self._turn_away(error)

    def _turn_away(self, error: Exception) -> None:
        """Refuses everybody who is queued; nothing of theirs was tried."""
        waiting = [self._posts.popleft() for _ in range(len(self._posts))]
        self._posts.extendleft(reversed(outage.kept(waiting)))
        self._refuse(waiting, error)

    def _reject(self, taken: Batch, error: Exception) -> None:
        """One order or record that would fail for ever. A lost settlement expires unpaid."""
        self.stats.rejected += 1
        log.error("the ledger gave up on one entry: %r", error)
        self._held.difference_update(post.order.request_id for post in taken.posts)
        self._refuse(taken.posts, error)

    def _refuse(self, posts: Sequence[Posted], error: Exception) -> None:
        self._answer(
            [(post.waiter, outage.down(error)) for post in posts if post.waiter is not None]
        )

    def _prolong(self) -> None:
        now = self._clock()
        if now < self._due or self._kept:
            return
        try:
            batch.prolong(self._session, self._held, now + self._terms.hold)
        except Exception as error:
            self._kept = True
            self._outage.failed(error, now)
        else:
            self._due = now + self._terms.hold / 4

    def _sweep(self, now: datetime, waiter: asyncio.Future[int]) -> None:
        if self._kept:
            self._tell(waiters.fail, waiter, outage.down())
            return
        try:
            # A process that slept past its own expiry still runs its requests.
            batch.prolong(self._session, self._held, max(now, self._clock()) + self._terms.hold)
            found = batch.sweep(self._session, now)
        except Exception as error:
            self._tell(waiters.fail, waiter, outage.down(error))
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
