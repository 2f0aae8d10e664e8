"""One transaction of the ledger: everybody's orders and records together."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import NamedTuple

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from keys import plan, records
from keys.daily import Days, Rules
from keys.days import known, window
from keys.plan import Order, Plan, Reserve, Settle
from keys.records import RequestRecord
from keys.revisions import KEYS
from keys.session import Cursor, Session
from keys.sql import Account, Tables
from keys.sqldays import DayRows

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


class _Announced(Exception):
    """A first use has to be told to all who hold grants, so the revision must be locked first."""


def commit(session: Session, taken: Batch, terms: Terms, now: datetime) -> Plan:
    """Carries out the orders in their sequence and writes the records, all or nothing."""
    try:
        return session.run(partial(_carry_out, taken, terms, now, False))
    except _Announced:
        # Once in the life of a key; its rows are not locked before the revision is.
        return session.run(partial(_carry_out, taken, terms, now, True))


def _carry_out(
    taken: Batch,
    terms: Terms,
    now: datetime,
    announced: bool,
    cursor: Cursor,
    connection: BaseDatabaseWrapper,
) -> Plan:
    tables = Tables(cursor, connection)
    revision = tables.revise(KEYS) if announced else None
    accounts, decided = _decide(tables, [post.order for post in taken.posts], now)
    tables.end(decided.ended)
    tables.hold(decided.opened, terms.owner, now + terms.hold, marked=decided.marked)
    tables.enter(decided.charges, now, marked=decided.marked)
    if accounts:
        _start(tables, accounts, decided.users, now, revision)
    if taken.records:
        tables.record(taken.records, records.roll_up(taken.records, terms.zone))
    return decided


def _start(
    tables: Tables,
    accounts: Mapping[int, Account],
    users: Collection[int],
    now: datetime,
    revision: int | None,
) -> None:
    """Notes the first use of keys, and when they expire where that depends on it."""
    fresh = [key for key in users if (account := accounts.get(key)) and account.fresh]
    after = {
        key: timedelta(days=days)
        for key in fresh
        if (days := accounts[key].days_from_first_use) is not None
    }
    tables.start([key for key in fresh if key not in after], now)
    if after:
        if revision is None:
            raise _Announced
        tables.expire(after, now, revision)


def sweep(session: Session, now: datetime) -> int:
    """Refunds reservations that expired by `now`; returns how many this process refunded."""

    def work(cursor: Cursor, connection: BaseDatabaseWrapper) -> int:
        tables = Tables(cursor, connection)
        orders = [
            Settle(request, key, 0, charge=False)
            for request, key in tables.expired(now, _SWEEP).items()
        ]
        ended = _decide(tables, orders, now, overdue=True)[1].ended
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


def _decide(
    tables: Tables, orders: Sequence[Order], now: datetime, *, overdue: bool = False
) -> tuple[dict[int, Account], Plan]:
    """Locks what `orders` touch, works out what they do, and moves the balances.

    With `overdue`, only reservations that expired by `now` are there to be settled.
    """
    balances, special = tables.balances({order.key_id for order in orders})
    accounts = tables.accounts(special) if special else {}
    ending = [order.request_id for order in orders if isinstance(order, Settle)]
    held = tables.overdue(ending, now) if overdue else tables.reservations(ending)
    slots = {(each.key_id, each.mark.day) for each in held.values() if each.mark.day is not None}
    rules: Mapping[int, Rules] = {}
    if accounts:
        rules = _rules(tables, orders, accounts, now)
        slots |= {(key, rule.window.day) for key, rule in rules.items()}
    if not slots:
        decided = plan.work(orders, balances, held)
        tables.spend(balances, decided.balances)
        return accounts, decided
    days = DayRows.of(tables)
    rows = days.read(slots)
    decided = plan.work(orders, balances, held, Days(rules, rows))
    tables.spend(balances, decided.balances)
    days.move(rows, decided.days)
    return accounts, decided


def _rules(
    tables: Tables, orders: Sequence[Order], accounts: Mapping[int, Account], now: datetime
) -> dict[int, Rules]:
    """The daily limits of the keys that want to reserve, for those that have some."""
    limited = {
        order.key_id: account
        for order in orders
        if isinstance(order, Reserve) and (account := accounts.get(order.key_id))
        if account.daily is not None or account.model_daily
    }
    by_model = [key for key, account in limited.items() if account.model_daily]
    models = DayRows.of(tables).allowances(by_model) if by_model else {}
    return {
        key: Rules(account.daily, models.get(key, ()), window(now, known(account.zone)))
        for key, account in limited.items()
    }
