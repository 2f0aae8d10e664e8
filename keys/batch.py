"""One transaction of the ledger: everybody's orders and records together."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from keys import plan, records
from keys.plan import Order, Plan, Settle
from keys.records import RequestRecord
from keys.session import Cursor, Session
from keys.sql import Tables

_SWEEP = 500


class Terms(msgspec.Struct, frozen=True):
    """`owner` names this process on its reservations, which expire after `hold` unless it
    prolongs them; `zone` is where a day of usage begins."""

    owner: str
    hold: timedelta
    zone: tzinfo


class Posted(NamedTuple):
    order: Order
    waiter: asyncio.Future[None] | None


class Batch(NamedTuple):
    """What one transaction tries to carry out."""

    posts: Sequence[Posted]
    records: Sequence[RequestRecord]

    def halves(self) -> tuple[Batch, Batch] | None:
        """The batch in two, records apart from orders first; None when it is a single thing."""
        posts, found = self.posts, self.records
        if posts and found:
            return Batch(posts, ()), Batch((), found)
        if len(posts) > 1:
            middle = len(posts) // 2
            return Batch(posts[:middle], ()), Batch(posts[middle:], ())
        if len(found) > 1:
            middle = len(found) // 2
            return Batch((), found[:middle]), Batch((), found[middle:])
        return None


def commit(session: Session, taken: Batch, terms: Terms, now: datetime) -> Plan:
    """Carries out the orders in their sequence and writes the records, all or nothing."""
    orders = [post.order for post in taken.posts]
    found = taken.records

    def work(cursor: Cursor, connection: BaseDatabaseWrapper) -> Plan:
        tables = Tables(cursor, connection)
        decided = _decide(tables, orders)
        tables.end(decided.ended)
        tables.hold(decided.opened.values(), terms.owner, now + terms.hold)
        tables.enter(decided.charges, now)
        if found:
            tables.record(found, records.roll_up(found, terms.zone))
        return decided

    return session.run(work)


def sweep(session: Session, now: datetime) -> int:
    """Refunds reservations that expired by `now`; returns how many this process refunded."""

    def work(cursor: Cursor, connection: BaseDatabaseWrapper) -> int:
        tables = Tables(cursor, connection)
        orders = [
            Settle(request, key, 0, charge=False)
            for request, key in tables.expired(now, _SWEEP).items()
        ]
        ended = _decide(tables, orders, before=now).ended
        tables.end(ended)
        return len(ended)

    total = 0
    while refunded := session.run(work):
        total += refunded
        if refunded < _SWEEP:
            break
    return total


def prolong(session: Session, request_ids: Collection[str], until: datetime) -> None:
    """Keeps the reservations of requests that still run from expiring."""
    waiting = sorted(request_ids)
    for start in range(0, len(waiting), _SWEEP):
        some = waiting[start : start + _SWEEP]

        def work(cursor: Cursor, connection: BaseDatabaseWrapper, some: list[str] = some) -> None:
            Tables(cursor, connection).prolong(some, until)

        session.run(work)


def _decide(tables: Tables, orders: Sequence[Order], before: datetime | None = None) -> Plan:
    """Locks what `orders` touch, works out what they do, and moves the balances.

    With `before`, only reservations that expired by then are there to be settled.
    """
    balances = tables.balances({order.key_id for order in orders})
    ending = [order.request_id for order in orders if isinstance(order, Settle)]
    held = tables.reservations(ending) if before is None else tables.overdue(ending, before)
    decided = plan.work(orders, balances, held)
    tables.spend(balances, decided.balances)
    return decided
