from __future__ import annotations

import asyncio
import ipaddress
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from keys.directory import Grant
from keys.limits import FREE, Addresses, Admission, Limited, Local, Rule, Terms, Which, Whose
from keys.limits.sharing import Sharing

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
HOME = "203.0.113.7"


class Key(msgspec.Struct, frozen=True):
    key_id: int = 1
    rpm: int | None = None
    concurrency: int | None = None
    waiting: int = 0


def calls(**limits: object) -> Addresses:
    rule = Rule(**limits)  # type: ignore[arg-type] # The tests name what the rule names.
    return Addresses(lambda: rule)


async def refusal(limits: Local, terms: Terms, now: datetime = NOON) -> Limited:
    with pytest.raises(Limited) as refused:
        await limits.admit(terms, HOME, now)
    return refused.value


def test_what_the_directory_grants_is_what_the_limits_read() -> None:
    terms: Terms = Grant(1, "alice")
    assert (terms.key_id, terms.rpm, terms.concurrency, terms.waiting) == (1, None, None, 0)


async def test_a_key_without_limits_is_free_and_does_not_yield() -> None:
    entering = Local(sharing=Sharing()).admit(Key(), HOME, NOON)
    with pytest.raises(StopIteration) as ended:
        entering.send(None)
    assert ended.value.value is FREE
    FREE.leave()


async def test_a_key_has_its_requests_a_minute() -> None:
    limits, key = Local(), Key(rpm=2)
    for _ in range(2):
        (await limits.admit(key, HOME, NOON)).leave()
    limited = await refusal(limits, key, NOON + timedelta(seconds=15))
    assert (limited.which, limited.whose, limited.limit) == (Which.MINUTE, Whose.KEY, 2)
    assert (limited.left, limited.retry_after) == (0, 45.0)
    assert limited.reset_at == NOON + timedelta(minutes=1)
    await limits.admit(Key(2, rpm=2), HOME, NOON)
    await limits.admit(key, HOME, NOON + timedelta(minutes=1))


async def test_a_key_has_its_calls_at_a_time() -> None:
    limits, key = Local(), Key(concurrency=1)
    running = await limits.admit(key, HOME, NOON)
    limited = await refusal(limits, key)
    assert (limited.which, limited.whose, limited.waited) == (Which.CONCURRENCY, Whose.KEY, None)
    running.leave()
    (await limits.admit(key, HOME, NOON)).leave()


async def test_a_call_waits_for_a_place() -> None:
    limits, key = Local(), Key(concurrency=1, waiting=1)
    running = await limits.admit(key, HOME, NOON)
    waiter = asyncio.get_running_loop().create_task(_admit(limits, key))
    await asyncio.sleep(0)
    running.leave()
    (await waiter).leave()


async def _admit(limits: Local, key: Terms) -> Admission:
    return await limits.admit(key, HOME, NOON)


async def test_waiting_in_vain_says_how_long_it_was() -> None:
    limits, key = Local(patience=lambda: 0.001), Key(concurrency=1, waiting=1)
    await limits.admit(key, HOME, NOON)
    assert (await refusal(limits, key)).waited == 0.001


async def test_what_one_limit_refuses_counts_for_no_other() -> None:
    limits, key = Local(calls=calls(per_day=2)), Key(rpm=2, concurrency=1)
    running = await limits.admit(key, HOME, NOON)
    for _ in range(5):
        assert (await refusal(limits, key)).which is Which.CONCURRENCY
    running.leave()
    await limits.admit(key, HOME, NOON)
    assert (await refusal(limits, key)).which is Which.DAY
    assert (await refusal(limits, key, NOON + timedelta(days=1))).which is Which.CONCURRENCY


async def test_addresses_that_call_are_limited_whatever_their_key() -> None:
    limits = Local(calls=calls(per_minute=1, spared=(ipaddress.ip_network("10.0.0.0/8"),)))
    await limits.admit(Key(1), HOME, NOON)
    limited = await refusal(limits, Key(2))
    assert (limited.which, limited.whose) == (Which.MINUTE, Whose.ADDRESS)
    for _ in range(3):
        await limits.admit(Key(1), "10.1.2.3", NOON)


async def test_pages_have_a_limit_of_their_own() -> None:
    limits = Local(pages=calls(per_minute=2), calls=calls(per_minute=1))
    await limits.visit(HOME, NOON)
    await limits.visit(HOME, NOON)
    with pytest.raises(Limited):
        await limits.visit(HOME, NOON)
    await limits.admit(Key(), HOME, NOON)


async def test_a_shared_key_is_told_of_once_and_works_on() -> None:
    told: list[tuple[int, datetime]] = []
    limits = Local(sharing=Sharing(most=2), suspect=lambda key_id, at: told.append((key_id, at)))
    for number in range(9):
        await limits.admit(Key(7), f"203.0.113.{number}", NOON)
    assert told == [(7, NOON)]


async def test_without_anybody_to_tell_a_shared_key_works_on_too() -> None:
    limits = Local(sharing=Sharing(most=1))
    for number in range(3):
        assert await limits.admit(Key(), f"203.0.113.{number}", NOON) is FREE


async def test_starting_and_closing_need_nothing() -> None:
    limits = Local()
    await limits.start()
    assert limits.healthy
    await limits.close()
