"""The writer's thread, with a session that can be held up or broken."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from typing import Any, TypeVar

import pytest
from django.db.utils import IntegrityError, OperationalError

from keys.batch import Batch, Posted, Terms
from keys.models import LedgerEntry, RequestRecord
from keys.outage import LedgerDown
from keys.plan import Reserve, Settle
from keys.quota import Balance
from keys.records import RequestRecord as Record
from keys.session import Session
from keys.writer import Stats, Writer
from tests.keys.conftest import Bank, Clock

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

T = TypeVar("T")


class Fickle(Session):
    """Waits at a gate before each transaction; then fails as often as it is told to."""

    def __init__(self, using: str) -> None:
        super().__init__(using)
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.failures: list[Exception] = []
        self.after_commit = False

    def run(self, work: Callable[..., T]) -> T:
        self.entered.set()
        assert self.gate.wait(10)
        if self.failures and not self.after_commit:
            raise self.failures.pop(0)
        found = super().run(work)
        if self.failures:
            self.doubtful = True
            raise self.failures.pop(0)
        return found


@asynccontextmanager
async def writing(session: Session, clock: Clock, room: int = 100) -> AsyncIterator[Writer]:
    terms = Terms("me", timedelta(minutes=2), UTC)
    writer = Writer(session, terms, clock, stats=Stats(), room=room)
    writer.start()
    # The first turn also prolongs; it is over when this is answered.
    await writer.flush()
    try:
        yield writer
    finally:
        await writer.close()


def ask(writer: Writer, order: Reserve) -> asyncio.Future[None]:
    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    writer.post(order, waiter)
    writer.kick()
    return waiter


def run(story: Callable[[], Any]) -> Any:
    return asyncio.run(story())


def test_what_arrives_during_a_transaction_shares_the_next(bank: Bank) -> None:
    key = bank.key(100)

    async def story() -> int:
        session = Fickle(bank.using)
        async with writing(session, bank.clock) as writer:
            session.entered.clear()
            session.gate.clear()
            waiters = [ask(writer, Reserve("first", key.pk, 1))]
            await asyncio.to_thread(session.entered.wait, 10)
            waiters += [ask(writer, Reserve(f"r-{n}", key.pk, 1)) for n in range(49)]
            session.gate.set()
            await asyncio.gather(*waiters)
            return writer.stats.batches

    assert run(story) == 2
    assert bank.balance(key) == Balance(100, 0, 50)


def test_while_the_database_is_away_nothing_is_reserved_and_nothing_lost(bank: Bank) -> None:
    key = bank.key(10)

    async def story() -> None:
        session = Fickle(bank.using)
        async with writing(session, bank.clock) as writer:
            await ask(writer, Reserve("a", key.pk, 1))
            session.failures = [OperationalError("away")] * 2
            writer.post(Settle("a", key.pk, 1, charge=True))
            writer.note(Record(request_id="a", at=bank.clock(), key_id=key.pk))
            with pytest.raises(LedgerDown):
                await ask(writer, Reserve("b", key.pk, 1))
            with pytest.raises(LedgerDown):
                await writer.flush()
            await ask(writer, Reserve("c", key.pk, 1))

    run(story)
    assert bank.balance(key) == Balance(10, 1, 1)
    assert RequestRecord.objects.using(bank.using).count() == 1


def test_a_retry_needs_nobody_to_ask_for_it(bank: Bank) -> None:
    key = bank.key(10)

    async def story() -> None:
        session = Fickle(bank.using)
        async with writing(session, bank.clock) as writer:
            await ask(writer, Reserve("a", key.pk, 1))
            session.failures = [OperationalError("away")] * 2
            writer.post(Settle("a", key.pk, 1, charge=True))
            writer.push()

    run(story)
    assert bank.balance(key) == Balance(10, 1, 0)


def test_a_commit_whose_answer_was_lost_leaks_nothing(bank: Bank) -> None:
    key = bank.key(10)

    async def story() -> None:
        session = Fickle(bank.using)
        async with writing(session, bank.clock) as writer:
            await ask(writer, Reserve("a", key.pk, 1))
            session.after_commit, session.failures = True, [OperationalError("cut off")]
            writer.post(Settle("a", key.pk, 1, charge=True))
            with pytest.raises(LedgerDown):
                await ask(writer, Reserve("b", key.pk, 1))

    run(story)
    assert bank.balance(key) == Balance(10, 1, 0)
    assert LedgerEntry.objects.using(bank.using).filter(kind="charge").count() == 1


def test_a_batch_that_is_refused_is_halved(bank: Bank) -> None:
    key = bank.key(10)

    async def story() -> int:
        session = Fickle(bank.using)
        async with writing(session, bank.clock) as writer:
            session.failures = [IntegrityError("one of them")] * 2
            first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            # Nobody rings before the second one, so both are in one batch.
            writer.post(Reserve("r-0", key.pk, 1), first)
            waiters = [first, ask(writer, Reserve("r-1", key.pk, 1))]
            answers = await asyncio.gather(*waiters, return_exceptions=True)
            assert [type(answer) for answer in answers] == [LedgerDown, type(None)]
            return writer.stats.rejected

    assert run(story) == 1
    assert bank.balance(key) == Balance(10, 0, 1)


def test_records_beyond_the_room_are_dropped_and_counted(bank: Bank) -> None:
    async def story() -> int:
        session = Fickle(bank.using)
        async with writing(session, bank.clock, room=3) as writer:
            for number in range(5):
                writer.note(Record(request_id=f"r-{number}", at=bank.clock()))
            return writer.stats.dropped

    assert run(story) == 2
    assert RequestRecord.objects.using(bank.using).count() == 3


def test_few_records_wait_for_a_flush_and_many_do_not(bank: Bank) -> None:
    key = bank.key(None)

    async def story() -> list[int]:
        async with writing(Session(bank.using), bank.clock) as writer:
            found = []
            for number in range(65):
                writer.note(Record(request_id=f"r-{number}", at=bank.clock()))
                if number in (62, 64):
                    await ask(writer, Reserve(f"r-{number}", key.pk, 1))
                    found.append(await asyncio.to_thread(count))
            return found

    def count() -> int:
        from django.db import connections

        found = RequestRecord.objects.using(bank.using).count()
        connections[bank.using].close()
        return found

    assert run(story) == [0, 65]


def test_closing_gives_up_on_a_database_that_stays_away(bank: Bank) -> None:
    key = bank.key(10)

    async def story() -> None:
        session = Fickle(bank.using)
        async with writing(session, bank.clock) as writer:
            await ask(writer, Reserve("a", key.pk, 1))
            writer.post(Settle("a", key.pk, 1, charge=True))
            session.failures = [OperationalError("away")] * 100

    run(story)
    assert bank.balance(key) == Balance(10, 0, 1)


def test_a_batch_is_halved_down_to_single_things() -> None:
    posts = [Posted(Settle(name, 1, 1, True), None) for name in "abc"]
    record = Record(request_id="r", at=Clock()())
    orders, notes = Batch(posts, [record]).halves() or (None, None)
    assert (orders, notes) == (Batch(posts, ()), Batch((), [record]))
    assert Batch(posts, ()).halves() == (Batch(posts[:1], ()), Batch(posts[1:], ()))
    assert Batch((), [record]).halves() is None


async def test_a_sweep_always_answers(clock: Clock) -> None:
    session = Fickle("default")
    session.failures = [RuntimeError("nobody thought of this")]
    async with writing(session, clock) as writer:
        with pytest.raises(LedgerDown):
            await writer.sweep(clock())
