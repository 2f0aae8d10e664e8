from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from keys.ledger import Ledger, LedgerDown
from keys.models import LedgerEntry, RequestRecord, Reservation, UsageDay
from keys.quota import Balance, Limit, Refused
from keys.records import RequestRecord as Record
from tests.keys.conftest import Bank, Clock

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_a_reservation_is_committed_when_it_returns(bank: Bank) -> None:
    key = bank.key(10)

    async def story(ledger: Ledger) -> None:
        await ledger.reserve(key.pk, 4, "r")
        seen = await asyncio.to_thread(look)
        assert seen == (Balance(10, 0, 4), [("r", 4, ledger.owner)])

    def look() -> tuple[Balance, list[tuple[str, int, str]]]:
        from django.db import connections

        rows = Reservation.objects.using(bank.using).values_list("request_id", "units", "owner")
        found = bank.balance(key), list(rows)
        connections[bank.using].close()
        return found

    bank.run(story)


@pytest.mark.parametrize(
    ("charge", "units", "used"), [(True, 4, 4), (True, 1, 1), (True, 9, 4), (False, 4, 0)]
)
def test_a_settlement_charges_at_most_what_was_reserved(
    bank: Bank, charge: bool, units: int, used: int
) -> None:
    key = bank.key(10)

    async def story(ledger: Ledger) -> None:
        await ledger.reserve(key.pk, 4, "r")
        ledger.settle("r", key.pk, units, charge=charge)

    bank.run(story)
    assert bank.balance(key) == Balance(10, used, 0)


def test_settling_twice_charges_once(bank: Bank) -> None:
    key = bank.key(10)

    async def story(ledger: Ledger) -> int:
        await ledger.reserve(key.pk, 4, "r")
        ledger.settle("r", key.pk, 4, charge=True)
        await ledger.flush()
        ledger.settle("r", key.pk, 4, charge=True)
        ledger.settle("r", key.pk, 4, charge=False)
        await ledger.flush()
        return ledger.stats.unknown

    assert bank.run(story) == 2
    assert bank.balance(key) == Balance(10, 4, 0)
    entry = LedgerEntry.objects.using(bank.using).get(kind="charge")
    assert (entry.key_id, entry.units, entry.balance, entry.request_id) == (key.pk, -4, 6, "r")


def test_what_is_left_decides(bank: Bank) -> None:
    key = bank.key(10)

    async def story(ledger: Ledger) -> Refused:
        await ledger.reserve(key.pk, 8, "a")
        with pytest.raises(Refused) as refused:
            await ledger.reserve(key.pk, 3, "b")
        ledger.settle("a", key.pk, 0, charge=False)
        await ledger.reserve(key.pk, 3, "c")
        ledger.settle("c", key.pk, 3, charge=True)
        return refused.value

    error = bank.run(story)
    assert (error.limit, error.needed, error.remaining) == (Limit.TOTAL, 3, 2)
    assert bank.balance(key) == Balance(10, 3, 0)


def test_a_hundred_at_once_spend_no_more_than_there_is(bank: Bank) -> None:
    key, other = bank.key(30), bank.key(None)

    async def attempt(ledger: Ledger, number: int) -> None:
        await ledger.reserve(other.pk, 1, f"other-{number}")
        ledger.settle(f"other-{number}", other.pk, 1, charge=True)
        await ledger.reserve(key.pk, 1, f"r-{number}")
        ledger.settle(f"r-{number}", key.pk, 1, charge=True)

    async def story(ledger: Ledger) -> list[BaseException | None]:
        tries = (attempt(ledger, number) for number in range(100))
        return await asyncio.gather(*tries, return_exceptions=True)

    answers = bank.run(story)
    assert answers.count(None) == 30
    assert sum(isinstance(answer, Refused) for answer in answers) == 70
    assert bank.balance(key) == Balance(30, 30, 0)
    assert bank.balance(other) == Balance(None, 100, 0)


def test_an_unknown_key_is_refused(bank: Bank) -> None:
    async def story(ledger: Ledger) -> None:
        with pytest.raises(Refused) as refused:
            await ledger.reserve(12345, 1, "r")
        assert refused.value.limit is Limit.KEY

    bank.run(story)


def test_a_request_id_that_is_taken_fails_alone(bank: Bank) -> None:
    key = bank.key(10)

    async def story(ledger: Ledger) -> list[BaseException | None]:
        await ledger.reserve(key.pk, 1, "r")
        tries = (ledger.reserve(key.pk, 1, name) for name in ("a", "r", "b"))
        return await asyncio.gather(*tries, return_exceptions=True)

    first, taken, last = bank.run(story)
    assert (first, last) == (None, None)
    assert isinstance(taken, LedgerDown)
    assert bank.balance(key) == Balance(10, 0, 3)


def test_expired_reservations_are_refunded(bank: Bank) -> None:
    key = bank.key(10)
    bank.run(lambda ledger: ledger.reserve(key.pk, 4, "r"))
    assert bank.balance(key) == Balance(10, 0, 4)

    async def story(ledger: Ledger) -> list[int]:
        early = await ledger.sweep(bank.clock())
        bank.clock.advance(minutes=5)
        return [early, await ledger.sweep(bank.clock()), await ledger.sweep(bank.clock())]

    assert bank.run(story) == [0, 1, 0]
    assert bank.balance(key) == Balance(10, 0, 0)


def test_a_process_that_starts_sweeps(bank: Bank) -> None:
    key = bank.key(10)
    bank.run(lambda ledger: ledger.reserve(key.pk, 4, "r"))
    bank.clock.advance(minutes=5)
    bank.run(lambda ledger: ledger.flush())
    assert bank.balance(key) == Balance(10, 0, 0)


def test_the_owner_prolongs_what_it_still_holds(bank: Bank) -> None:
    key = bank.key(10)

    async def story(ledger: Ledger) -> int:
        other = Ledger(bank.clock, using=bank.using)
        await other.start()
        await ledger.reserve(key.pk, 1, "long")
        bank.clock.advance(seconds=100)
        await ledger.flush()
        bank.clock.advance(seconds=100)
        found = await other.sweep(bank.clock())
        ledger.settle("long", key.pk, 1, charge=True)
        await other.close()
        return found

    assert bank.run(story) == 0
    assert bank.balance(key) == Balance(10, 1, 0)


def test_a_process_does_not_sweep_what_it_holds_itself(bank: Bank) -> None:
    key = bank.key(10)

    async def story(ledger: Ledger) -> int:
        await ledger.reserve(key.pk, 1, "r")
        bank.clock.advance(hours=1)
        return await ledger.sweep(bank.clock())

    assert bank.run(story) == 0
    assert bank.balance(key) == Balance(10, 0, 1)


def test_a_sweep_that_races_settlements_pays_each_once(bank: Bank) -> None:
    key = bank.key(100)
    names = [f"r-{number}" for number in range(40)]

    async def story(ledger: Ledger) -> int:
        other = Ledger(bank.clock, using=bank.using)
        await other.start()
        await asyncio.gather(*(ledger.reserve(key.pk, 1, name) for name in names))
        late = Clock()
        late.advance(hours=1)
        for name in names:
            ledger.settle(name, key.pk, 1, charge=True)
        swept, _ = await asyncio.gather(other.sweep(late()), ledger.flush())
        await other.close()
        return swept

    swept = bank.run(story)
    assert bank.balance(key) == Balance(100, 40 - swept, 0)


def test_a_request_that_gave_up_waiting_holds_nothing(bank: Bank) -> None:
    key = bank.key(10)

    async def story(ledger: Ledger) -> None:
        for number in range(20):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(ledger.reserve(key.pk, 1, f"r-{number}"), 0)
            waiting = asyncio.get_running_loop().create_task(
                ledger.reserve(key.pk, 1, f"s-{number}")
            )
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    bank.run(story)
    assert bank.balance(key) == Balance(10, 0, 0)
    assert not Reservation.objects.using(bank.using).exists()


def test_closing_commits_what_is_queued(bank: Bank) -> None:
    key = bank.key(None)

    async def story(ledger: Ledger) -> None:
        for number in range(600):
            ledger.record(Record(request_id=f"r-{number}", at=bank.clock(), key_id=key.pk))

    bank.run(story)
    assert RequestRecord.objects.using(bank.using).count() == 600


def test_a_record_is_kept_and_rolled_up(bank: Bank) -> None:
    key = bank.key(None)
    at = datetime(2026, 11, 21, 12, 0, 0, 250_000, tzinfo=UTC)
    record = Record(
        request_id="r",
        at=at,
        key_id=key.pk,
        model="alias\0" + "x" * 500,
        upstream_model="gemini-2.5-pro",
        stream=True,
        status=200,
        detail="\ud800",
        first_byte_ms=7,
        input_tokens=5,
        output_tokens=6,
        units=10,
    )

    async def story(ledger: Ledger) -> None:
        ledger.record(record)
        ledger.record(record)
        await ledger.flush()
        ledger.record(record)

    bank.run(story)
    row = RequestRecord.objects.using(bank.using).order_by("id")[0]
    assert (row.at, row.key_id, row.stream, row.first_byte_ms) == (at, key.pk, True, 7)
    assert (row.upstream_model, row.cached_tokens, len(row.model)) == ("gemini-2.5-pro", None, 200)
    day = UsageDay.objects.using(bank.using).get()
    assert (day.model, day.day.isoformat(), day.calls, day.failed) == (
        "gemini-2.5-pro",
        "2026-11-21",
        3,
        0,
    )
    assert (day.units, day.input_tokens, day.output_tokens) == (30, 15, 18)


def test_a_record_that_no_database_takes_fails_alone(bank: Bank) -> None:
    key = bank.key(10)

    async def story(ledger: Ledger) -> int:
        await ledger.reserve(key.pk, 1, "r")
        ledger.settle("r", key.pk, 1, charge=True)
        for tokens in (1, 2**70, 3):
            ledger.record(
                Record(request_id="r", at=bank.clock(), key_id=key.pk, input_tokens=tokens)
            )
        await ledger.flush()
        return ledger.stats.rejected

    assert bank.run(story) == 1
    assert bank.balance(key) == Balance(10, 1, 0)
    rows = RequestRecord.objects.using(bank.using).order_by("id")
    assert [row.input_tokens for row in rows] == [1, 3]


async def test_before_the_start_and_after_the_end_nothing_is_reserved(clock: Clock) -> None:
    ledger = Ledger(clock)
    with pytest.raises(LedgerDown):
        await ledger.reserve(1, 1, "r")
    ledger.settle("r", 1, 1, charge=True)
    ledger.record(Record(request_id="r", at=clock()))
    await ledger.close()
    with pytest.raises(ValueError, match="never negative"):
        await ledger.reserve(1, -1, "r")
