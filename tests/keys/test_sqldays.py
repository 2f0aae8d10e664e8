"""Daily allowances in the ledger's transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar, cast

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from keys import batch, services
from keys.batch import Batch, Posted, Terms
from keys.ledger import Ledger
from keys.models import ApiKey, KeyDay, LedgerEntry
from keys.plan import Order, Reserve, Settle
from keys.quota import Limit, Refused
from keys.session import Cursor, Session
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

TODAY = date(2026, 11, 21)
T = TypeVar("T")
Rows = dict[tuple[date, str], tuple[int, int]]


def rows(bank: Bank, key: ApiKey) -> Rows:
    found = KeyDay.objects.using(bank.using).filter(key=key)
    return {(row.day, row.pattern): (row.used, row.reserved) for row in found}


async def call(ledger: Ledger, key: ApiKey, name: str, units: int = 1, model: str = "") -> None:
    await ledger.reserve(key.pk, units, name, model)
    ledger.settle(name, key.pk, units, charge=True)


def test_a_day_refuses_and_the_next_one_does_not(bank: Bank) -> None:
    key = bank.key(100, daily_quota=5, time_zone="Asia/Shanghai")

    async def story(ledger: Ledger) -> Refused:
        await call(ledger, key, "a", 3)
        with pytest.raises(Refused) as refused:
            await ledger.reserve(key.pk, 3, "b")
        bank.clock.now = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
        await call(ledger, key, "c", 5)
        return refused.value

    error = bank.run(story)
    assert (error.limit, error.needed, error.remaining) == (Limit.DAILY, 3, 2)
    assert error.reset_at == datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert rows(bank, key) == {(TODAY, ""): (3, 0), (date(2026, 11, 22), ""): (5, 0)}


def test_the_allowance_of_some_models_refuses_only_them(bank: Bank) -> None:
    key = bank.key(None, daily_quota=10, model_daily={"*pro*": 3})

    async def story(ledger: Ledger) -> Refused:
        await call(ledger, key, "a", 3, "gemini-2.5-pro")
        with pytest.raises(Refused) as refused:
            await ledger.reserve(key.pk, 1, "b", "gemini-2.5-pro-high")
        await call(ledger, key, "c", 7, "flash")
        with pytest.raises(Refused, match="0 are left of the key's daily quota"):
            await ledger.reserve(key.pk, 1, "d", "flash")
        return refused.value

    error = bank.run(story)
    assert (error.limit, error.pattern, error.remaining) == (Limit.MODEL_DAILY, "*pro*", 0)
    assert "model daily quota for `*pro*`" in str(error)
    assert rows(bank, key) == {(TODAY, ""): (10, 0), (TODAY, "*pro*"): (3, 0)}
    charges = LedgerEntry.objects.using(bank.using).filter(kind="charge").order_by("id")
    assert [(each.day, each.pattern) for each in charges] == [(TODAY, "*pro*"), (TODAY, "")]


def test_what_is_refunded_after_midnight_goes_to_its_day(bank: Bank) -> None:
    key = bank.key(100, daily_quota=5)

    async def story(ledger: Ledger) -> None:
        await ledger.reserve(key.pk, 2, "late")
        await ledger.reserve(key.pk, 2, "lost")
        bank.clock.advance(hours=13)
        await ledger.reserve(key.pk, 5, "early")
        ledger.settle("late", key.pk, 0, charge=False)
        ledger.settle("lost", key.pk, 1, charge=True)

    bank.run(story)
    assert rows(bank, key) == {(TODAY, ""): (1, 0), (date(2026, 11, 22), ""): (0, 5)}


def test_what_expires_is_free_again_on_its_day(bank: Bank) -> None:
    key = bank.key(100, daily_quota=5, model_daily={"m": 5})
    bank.run(lambda ledger: ledger.reserve(key.pk, 4, "r", "m"))
    assert rows(bank, key) == {(TODAY, ""): (0, 4), (TODAY, "m"): (0, 4)}
    bank.clock.advance(hours=13)
    bank.run(lambda ledger: ledger.flush())
    assert rows(bank, key) == {(TODAY, ""): (0, 0), (TODAY, "m"): (0, 0)}


def test_a_hundred_at_once_spend_no_more_than_a_day_has(bank: Bank) -> None:
    key = bank.key(None, daily_quota=30, model_daily={"m": 20})

    async def story(ledger: Ledger) -> list[BaseException | None]:
        tries = (call(ledger, key, f"r-{n}", 1, "m" if n % 2 else "other") for n in range(100))
        return await asyncio.gather(*tries, return_exceptions=True)

    assert bank.run(story).count(None) == 30
    assert rows(bank, key)[TODAY, ""] == (30, 0)


def test_many_keys_and_days_share_a_batch(bank: Bank) -> None:
    keys = [bank.key(None, daily_quota=9, time_zone=zone) for zone in ("UTC", "Asia/Tokyo")]
    plain = bank.key(10)
    bank.clock.now = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)

    async def story(ledger: Ledger) -> None:
        calls = [call(ledger, key, f"{key.pk}-{n}") for key in [*keys, plain] for n in range(9)]
        await asyncio.gather(*calls)

    bank.run(story)
    assert rows(bank, keys[0]) == {(TODAY, ""): (9, 0)}
    assert rows(bank, keys[1]) == {(date(2026, 11, 22), ""): (9, 0)}
    assert rows(bank, plain) == {}


def test_a_limit_that_comes_and_goes_counts_while_it_is_there(bank: Bank) -> None:
    key = bank.key(None)

    async def first(ledger: Ledger) -> None:
        await call(ledger, key, "a", 4)
        await ledger.reserve(key.pk, 2, "open")

    async def second(ledger: Ledger) -> None:
        ledger.settle("open", key.pk, 2, charge=True)
        await call(ledger, key, "b", 4)
        with pytest.raises(Refused):
            await ledger.reserve(key.pk, 2, "c")

    bank.run(first)
    services.edit(key.pk, daily_quota=5, using=bank.using)
    bank.run(second)
    assert rows(bank, key) == {(TODAY, ""): (4, 0)}
    services.edit(key.pk, daily_quota=None, using=bank.using)
    bank.run(lambda ledger: call(ledger, key, "d", 9))
    assert rows(bank, key) == {(TODAY, ""): (4, 0)}


def test_a_zone_that_moves_east_opens_another_day(bank: Bank) -> None:
    key = bank.key(None, daily_quota=5)
    bank.clock.now = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    bank.run(lambda ledger: call(ledger, key, "a", 5))
    services.edit(key.pk, time_zone="Asia/Tokyo", using=bank.using)
    bank.run(lambda ledger: call(ledger, key, "b", 5))
    assert rows(bank, key) == {(TODAY, ""): (5, 0), (date(2026, 11, 22), ""): (5, 0)}


@pytest.mark.parametrize(("verb", "used"), [(services.renew, 4), (services.reset, 0)])
def test_a_day_is_given_again(bank: Bank, verb: object, used: int) -> None:
    key = bank.key(100, daily_quota=5, model_daily={"m": 3})

    async def story(ledger: Ledger) -> None:
        await call(ledger, key, "a", 3, "m")
        await call(ledger, key, "b", 1)
        await ledger.reserve(key.pk, 1, "open")

    async def again(ledger: Ledger) -> None:
        await call(ledger, key, "c", 3, "m")

    bank.run(story)
    assert callable(verb)
    verb(key.pk, now=bank.clock(), using=bank.using)
    assert rows(bank, key) == {(TODAY, ""): (0, 1), (TODAY, "m"): (0, 0)}
    assert bank.findings() == []
    assert bank.balance(key).used == used
    bank.run(again)


class Spy(Session):
    """Notes the statements of its transactions."""

    def __init__(self, using: str) -> None:
        super().__init__(using)
        self.said: list[str] = []

    def run(self, work: Callable[[Cursor, BaseDatabaseWrapper], T]) -> T:
        def spied(cursor: Cursor, connection: BaseDatabaseWrapper) -> T:
            return work(cast(Cursor, Ear(cursor, self.said)), connection)

        return super().run(spied)


class Ear:
    def __init__(self, cursor: Cursor, said: list[str]) -> None:
        self._cursor = cursor
        self._said = said

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._cursor, name)
        if not name.startswith("execute"):
            return found

        def heard(text: str, *rest: object) -> object:
            self._said.append(text)
            return found(text, *rest)

        return heard


def test_a_key_without_daily_limits_costs_no_more_statements(bank: Bank) -> None:
    def statements(key: ApiKey) -> list[str]:
        session, terms = Spy(bank.using), Terms("me", timedelta(minutes=1), UTC)
        for turn in range(3):
            session.said.clear()
            orders: list[Order] = [Reserve(f"{key.pk}-{turn}", key.pk, 1)]
            orders.append(Settle(f"{key.pk}-{turn - 1}", key.pk, 1, charge=True))
            posts = [Posted(order, None) for order in orders]
            batch.commit(session, Batch(posts, ()), terms, bank.clock())
        return session.said

    plain, daily = statements(bank.key(100)), statements(bank.key(100, daily_quota=50))
    verbs = [text.split()[0] for text in plain]
    assert verbs == ["SELECT", "SELECT", "UPDATE", "DELETE", "INSERT", "INSERT"]
    assert [text.split()[0] for text in daily if "keys_keyday" in text] == ["SELECT", "UPDATE"]
