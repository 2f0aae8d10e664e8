"""The writer while its database is away, and after it has come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest
from django.db.utils import OperationalError

from keys.ledger import Ledger
from keys.models import LedgerEntry, Reservation
from keys.outage import LedgerDown
from keys.plan import Reserve, Settle
from keys.quota import Balance
from keys.session import Session
from tests.keys.conftest import Bank, Clock
from tests.keys.test_writer import Fickle, ask, run, writing

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

T = TypeVar("T")


class Away(Session):
    """Away as long as it is told to be; `full`: what fails is the commit."""

    def __init__(self, using: str) -> None:
        super().__init__(using)
        self.away = self.full = False
        self.attempts = 0

    def run(self, work: Callable[..., T]) -> T:
        self.attempts += 1
        self.doubtful = self.away and self.full
        if self.away:
            raise OperationalError("database or disk is full" if self.full else "refused")
        return super().run(work)


async def refused(waiters: Sequence[asyncio.Future[None]]) -> bool:
    answers = await asyncio.wait_for(asyncio.gather(*waiters, return_exceptions=True), 10)
    return {type(each) for each in answers} == {LedgerDown}


def test_no_outage_is_too_long_to_come_back_from(bank: Bank) -> None:
    key = bank.key(10)

    async def story() -> None:
        session = Away(bank.using)
        async with writing(session, bank.clock) as writer:
            session.away = True
            writer.post(Settle("before", key.pk, 1, charge=True))
            writer._outage.strikes = 5_000
            assert await refused([ask(writer, Reserve("a", key.pk, 1))])
            assert await refused([ask(writer, Reserve("b", key.pk, 1))])
            session.away = False
            await ask(writer, Reserve("c", key.pk, 1))

    run(story)
    assert bank.balance(key) == Balance(10, 0, 1)


@pytest.mark.parametrize("full", [False, True], ids=["away", "full"])
def test_everybody_is_refused_however_many_wait(bank: Bank, full: bool) -> None:
    key = bank.key(5_000)

    async def story() -> int:
        session = Away(bank.using)
        async with writing(session, bank.clock) as writer:
            await ask(writer, Reserve("held", key.pk, 1))
            session.away, session.full = True, full
            writer.post(Settle("held", key.pk, 1, charge=True))
            for turn in range(4):
                orders = [Reserve(f"{turn}-{number}", key.pk, 1) for number in range(600)]
                assert await refused([ask(writer, order) for order in orders])
            left = len(writer._posts)
            session.away = False
            await ask(writer, Reserve("after", key.pk, 1))
            return left

    # The settlement; and what may have been committed, of one attempt and not of each.
    assert run(story) <= (256 if full else 1)
    assert bank.balance(key) == Balance(5_000, 1, 1)
    assert LedgerEntry.objects.using(bank.using).filter(kind="charge").count() == 1
    assert bank.findings() == []


def test_one_attempt_answers_for_all_who_wait(bank: Bank) -> None:
    key = bank.key(5_000)

    async def story() -> int:
        session = Away(bank.using)
        async with writing(session, bank.clock) as writer:
            session.away = True
            before = session.attempts
            # Nobody rings before the last.
            loop = asyncio.get_running_loop()
            waiters: list[asyncio.Future[None]] = [loop.create_future() for _ in range(1_000)]
            for number, waiter in enumerate(waiters):
                writer.post(Reserve(f"r-{number}", key.pk, 1), waiter)
            writer.kick()
            assert await refused(waiters)
            return session.attempts - before

    assert run(story) == 1


def test_a_settlement_keeps_its_place_through_an_outage(bank: Bank) -> None:
    key = bank.key(10)

    async def story() -> None:
        session = Away(bank.using)
        async with writing(session, bank.clock) as writer:
            await ask(writer, Reserve("a", key.pk, 1))
            session.away = True
            writer.post(Settle("a", key.pk, 1, charge=True))
            writer.post(Settle("a", key.pk, 0, charge=False))
            assert await refused([ask(writer, Reserve("b", key.pk, 1))])
            assert await refused([ask(writer, Reserve("c", key.pk, 1))])
            session.away = False

    run(story)
    assert bank.balance(key) == Balance(10, 1, 0)


def test_a_database_that_does_not_answer_keeps_nobody_waiting(bank: Bank) -> None:
    key = bank.key(10)

    async def story() -> None:
        ledger = Ledger(bank.clock, using=bank.using, patience=0.0)
        session = ledger._session = Fickle(bank.using)
        await ledger.start()
        session.gate.clear()
        with pytest.raises(LedgerDown):
            await ledger.reserve(key.pk, 1, "r")
        session.gate.set()
        await ledger.close()

    asyncio.run(story())
    assert bank.balance(key) == Balance(10, 0, 0)
    assert not Reservation.objects.using(bank.using).exists()


def test_a_queue_that_nobody_empties_is_not_joined(bank: Bank) -> None:
    key = bank.key(10)

    async def story() -> None:
        ledger = Ledger(bank.clock, using=bank.using, room=2)
        session = ledger._session = Fickle(bank.using)
        await ledger.start()
        session.gate.clear()
        for name in "ab":
            ledger.settle(name, key.pk, 1, charge=True)
        with pytest.raises(LedgerDown, match="behind"):
            await ledger.reserve(key.pk, 1, "r")
        session.gate.set()
        await ledger.close()

    asyncio.run(story())


async def test_who_waits_when_the_writer_stumbles_is_refused(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with writing(Fickle("default"), clock) as writer:
        fine, writer._due = writer._due, "no time at all"  # type: ignore[assignment]
        # The stumble comes after what was queued before it.
        answers = [ask(writer, Reserve("a", 1, 1))]
        await asyncio.wait(answers)
        while "stumbled" not in caplog.text:
            await asyncio.sleep(0.01)
        waiting = ask(writer, Reserve("b", 1, 1))
        writer._due = fine
        await asyncio.wait([waiting], timeout=5)
        assert waiting.done()
    assert caplog.text.count("stumbled") <= 2
    for each in (*answers, waiting):
        each.exception()


async def test_prolonging_that_fails_is_said_once(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    session = Away("default")
    async with writing(session, clock) as writer:
        writer._held.add("r")
        session.away = True
        clock.advance(minutes=1)
        for _ in range(5):
            await writer.flush()
        assert writer._outage.strikes
        session.away = False
        writer._held.clear()
    assert [each.getMessage() for each in caplog.records] == [
        "the ledger cannot be written (from now on): refused"
    ]
