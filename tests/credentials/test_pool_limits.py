"""Lending under caps, in sessions, and after rests."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from credentials.bearer import Account, Bearer, Failure, Unready
from credentials.caps import Caps, Today
from credentials.health import NotItsFault, RateLimited, Refused, Stumbled, Succeeded
from credentials.orders import Strategy
from tests.credentials.fakes import NOW, account_row, person, row
from tests.credentials.kitchen import Kitchen

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TODAY = NOW.date()


async def test_a_call_over_a_cap_is_never_sent() -> None:
    kitchen = await Kitchen(row(1, caps=Caps(day=2)), row(2, caps=Caps(minute=3))).open()
    assert sorted(await kitchen.ids(5)) == [1, 1, 2, 2, 2]
    refusal = await kitchen.refusal()
    assert (refusal.kind, refusal.retry_after) == ("quota", 61.0)


async def test_after_the_day_it_serves_again() -> None:
    kitchen = await Kitchen(row(1, caps=Caps(day=1))).open()
    await kitchen.ids(1)
    assert (await kitchen.refusal()).retry_after == 19 * 3600
    kitchen.clock.advance(19 * 3600)
    assert await kitchen.ids(1) == [1]


async def test_the_cap_for_pro_leaves_other_models_alone() -> None:
    kitchen = await Kitchen(row(1, caps=Caps(pro=1))).open()
    assert await kitchen.ids(1, "g-pro") == [1]
    assert (await kitchen.refusal("g-pro")).kind == "quota"
    assert await kitchen.ids(2, "g-flash") == [1, 1]


async def test_what_was_counted_before_a_restart_counts() -> None:
    used = replace(row(1, caps=Caps(day=5)), today=Today(TODAY, 4))
    kitchen = await Kitchen(used).open()
    assert await kitchen.ids(1) == [1]
    assert (await kitchen.refusal()).kind == "quota"


async def test_what_others_counted_counts_once_it_is_known() -> None:
    kitchen = await Kitchen(row(1, caps=Caps(day=10))).open()
    await kitchen.pool.start()
    kitchen.store.calls[1] = 8
    await kitchen.ids(1)
    kitchen.clock.advance(10)
    await kitchen.pool.refresh()
    while kitchen.store.calls[1] == 8:
        await asyncio.sleep(0)
    assert await kitchen.ids(1) == [1]
    assert (await kitchen.refusal()).kind == "quota"
    await kitchen.pool.close()
    assert kitchen.store.calls == {1: 10}


async def test_a_cap_that_was_raised_counts_at_once() -> None:
    kitchen = await Kitchen(row(1, caps=Caps(day=1))).open()
    await kitchen.ids(1)
    await kitchen.refusal()
    kitchen.store.put(row(1, caps=Caps(day=2)))
    await kitchen.pool.refresh()
    assert await kitchen.ids(1) == [1]


async def test_counts_that_a_person_reset_begin_anew() -> None:
    kitchen = await Kitchen(replace(row(1, caps=Caps(day=1)), today=Today(TODAY, 1))).open()
    await kitchen.refusal()
    kitchen.store.put(replace(row(1, caps=Caps(day=1)), today=Today(TODAY, 0)))
    await kitchen.pool.refresh()
    assert await kitchen.ids(1) == [1]


class SlowBearers:
    """Makes tokens when told to; `fails` until then."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.fails = False

    def cached(self, account: Account) -> Bearer | None:
        return None

    async def ready(self, account: Account) -> Bearer:
        await self.go.wait()
        if self.fails:
            raise Unready(Failure(NotItsFault(), "no token", NOW))
        return Bearer("token", NOW + HOUR)

    def discard(self, id: int, secret: str) -> None:
        return

    def forget(self, id: int) -> None:
        return


async def test_two_who_wait_for_a_token_do_not_both_have_the_last_call() -> None:
    bearers = SlowBearers()
    only = replace(account_row(1, person()), caps=Caps(day=1))
    kitchen = await Kitchen(only, bearers=bearers).open()
    first = asyncio.get_running_loop().create_task(kitchen.pool.acquire("gemini", "g"))
    await asyncio.sleep(0)
    assert (await kitchen.refusal()).kind == "quota"
    bearers.go.set()
    assert (await first).access.secret == "token"


async def test_a_call_that_got_no_token_is_not_counted() -> None:
    bearers = SlowBearers()
    bearers.fails = True
    bearers.go.set()
    only = replace(account_row(1, person()), caps=Caps(day=1))
    kitchen = await Kitchen(only, bearers=bearers).open()
    assert (await kitchen.refusal()).reason == "no token"
    bearers.fails = False
    assert await kitchen.ids(1) == [1]


async def test_a_session_stays_with_its_credential() -> None:
    kitchen = await Kitchen(row(1), row(2), row(3)).open()
    (first,) = await kitchen.ids(1, session="s")
    (second,) = await kitchen.ids(1, session="t")
    assert first != second
    assert await kitchen.ids(4, session="s") == [first] * 4
    assert await kitchen.ids(4, session="t") == [second] * 4


async def test_a_session_goes_elsewhere_when_its_credential_rests_and_stays_there() -> None:
    kitchen = await Kitchen(row(1), row(2), row(3)).open()
    lease = await kitchen.end(RateLimited("g", MINUTE), session="s")
    (other,) = await kitchen.ids(1, session="s")
    assert other != lease.access.id
    kitchen.clock.advance(60)
    assert await kitchen.ids(3, session="s") == [other] * 3


async def test_sessions_of_one_that_rests_are_spread_over_the_others() -> None:
    kitchen = await Kitchen(*(row(id) for id in range(1, 11))).open()
    kitchen.rotation = 100
    names = [f"s{number}" for number in range(90)]
    for name in names:
        await kitchen.ids(1, session=name)
    kitchen.rotation = 1
    await kitchen.end(RateLimited("g", HOUR), session="s0")
    places = [(await kitchen.ids(1, session=name))[0] for name in names]
    assert {places.count(id) for id in range(2, 11)} == {10}


async def test_sessions_may_be_turned_off() -> None:
    kitchen = await Kitchen(row(1), row(2)).open()
    kitchen.lasts = 0
    assert await kitchen.ids(3, session="s") == [1, 2, 1]


async def test_home_is_the_provider_that_answered() -> None:
    kitchen = await Kitchen(row(1)).open()
    await kitchen.end(Stumbled(), session="s")
    assert kitchen.pool.home("s") == ""
    await kitchen.end(Succeeded(), session="s")
    assert kitchen.pool.home("s") == "gemini"
    assert kitchen.pool.home("another") == ""


async def test_an_answer_that_begins_ends_the_trial() -> None:
    kitchen = await Kitchen(row(1)).open()
    await kitchen.end(Refused("401"))
    kitchen.clock.advance(60)
    lease = await kitchen.pool.acquire("gemini", "g")
    assert lease.trial == (None,)
    assert (await kitchen.refusal()).kind == "trouble"
    kitchen.clock.advance(1)
    lease.begun()
    assert await kitchen.ids(1) == [1]
    lease.report(Succeeded())
    lease.begun()


async def test_an_answer_that_begins_is_no_news_of_a_sound_one() -> None:
    kitchen = await Kitchen(row(1)).open()
    lease = await kitchen.pool.acquire("gemini", "g")
    lease.begun()
    lease.report(Stumbled())
    await kitchen.pool.close()
    assert kitchen.store.served == {1: 0}


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (RateLimited("g", MINUTE, reason="QUOTA"), "quota"),
        (RateLimited(None, MINUTE), "quota"),
        (Refused("401"), "trouble"),
    ],
)
async def test_it_says_why_nobody_is_left(outcome: RateLimited | Refused, kind: str) -> None:
    kitchen = await Kitchen(row(1)).open()
    assert (await kitchen.refusal(exclude=(1,))).kind == "tried"
    await kitchen.end(outcome)
    assert (await kitchen.refusal()).kind == kind
    assert (await kitchen.refusal(exclude=(1,))).kind == kind


async def test_stumbling_is_no_lack_of_quota() -> None:
    kitchen = await Kitchen(row(1)).open()
    await kitchen.end(Stumbled("g"))
    await kitchen.end(Stumbled("g"))
    assert (await kitchen.refusal()).kind == "trouble"


async def test_a_failure_is_remembered_and_saved() -> None:
    kitchen = await Kitchen(row(1)).open()
    lease = await kitchen.pool.acquire("gemini", "g")
    lease.report(RateLimited("g", MINUTE, reason="QUOTA"), status=429, words="too many calls")
    lease = await kitchen.pool.acquire("gemini", "f")
    lease.report(NotItsFault(), status=400, words="your mistake")
    (mishap,) = kitchen.pool.company.members[1].errors
    assert (mishap.status, mishap.reason, mishap.excerpt) == (429, "QUOTA", "too many calls")
    await kitchen.pool.close()
    assert kitchen.store.mishaps == {1: [mishap]}


@pytest.mark.parametrize("strategy", Strategy)
async def test_every_strategy_lends_everybody_who_may_serve(strategy: Strategy) -> None:
    kitchen = Kitchen(*(row(id, caps=Caps(day=2)) for id in range(1, 6)))
    kitchen.strategy = strategy
    await kitchen.open()
    assert sorted(await kitchen.ids(10)) == sorted([1, 2, 3, 4, 5] * 2)
    assert (await kitchen.refusal()).kind == "quota"
