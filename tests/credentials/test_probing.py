"""Probes: who is asked, how often, and what an answer changes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from credentials.caps import Caps
from credentials.health import Health, NotItsFault, Outcome, RateLimited, Refused, Rest, Succeeded
from credentials.probing import Answer, Probes
from credentials.roster import Access
from credentials.store import Row
from tests.credentials.fakes import NOW, VAULT, account_row, person, row
from tests.credentials.kitchen import Kitchen

MINUTE = timedelta(minutes=1)
BANNED = Health(banned="401", barred=("g",))


class Bench:
    """Probes over a kitchen. `says` is what the prober answers, `asked` whom it asked."""

    def __init__(self, *rows: Row) -> None:
        self.kitchen = Kitchen(*rows)
        self.dates: list[int] = []
        self.theirs: set[int] = set()
        self.says: Outcome | Exception = Succeeded()
        self.asked: list[int] = []
        self.secrets: list[str] = []
        self.at_once = self.most = 0
        store, clock = self.kitchen.store, self.kitchen.clock
        self.probes = Probes(self.kitchen.pool, store, VAULT, self, self, clock)

    async def due(self, now: datetime) -> list[int]:
        return self.dates

    async def ours(self, ids: Sequence[int], now: datetime) -> list[int]:
        return [id for id in ids if id not in self.theirs]

    async def __call__(self, access: Access) -> Answer:
        self.asked.append(access.id)
        self.secrets.append(access.secret)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if isinstance(self.says, Exception):
            raise self.says
        return Answer(self.says, 401, "key planted-0123456789-abcdef is unknown")

    def health(self, id: int = 1) -> Health:
        return self.kitchen.pool.company.members[id].health

    async def open(self) -> Bench:
        await self.kitchen.open()
        return self


async def test_an_answer_lifts_the_ban_and_no_more() -> None:
    bench = await Bench(replace(row(1), health=BANNED)).open()
    bench.dates = [1]
    assert await bench.probes.run() == 1
    assert bench.health() == Health(barred=("g",))
    assert await bench.kitchen.ids(1, "f") == [1]
    await bench.kitchen.pool.close()
    assert bench.kitchen.store.rows[1].health == Health(barred=("g",))


@pytest.mark.parametrize("says", [Refused("401"), NotItsFault(), RateLimited("g")])
async def test_any_other_answer_leaves_it_banned(says: Outcome) -> None:
    bench = await Bench(replace(row(1), health=BANNED)).open()
    bench.dates, bench.says = [1], says
    await bench.probes.run()
    assert bench.health() == BANNED


async def test_one_that_was_refused_is_asked_once_when_its_rest_is_over() -> None:
    refused = Health(whole=Rest(until=NOW + MINUTE, since=NOW, refusals=1))
    bench = await Bench(replace(row(1), health=refused), row(2)).open()
    bench.says = NotItsFault()
    assert await bench.probes.run() == 0
    bench.kitchen.clock.advance(60)
    assert [await bench.probes.run() for _ in range(3)] == [1, 0, 0]
    bench.says = Refused("401")
    bench.kitchen.pool.learn(1, Refused("401"), bench.kitchen.clock.now)
    bench.kitchen.clock.advance(120)
    assert await bench.probes.run() == 1
    assert bench.health().banned == "401"


async def test_what_another_process_asks_is_left_to_it() -> None:
    refused = Health(whole=Rest(until=NOW, since=NOW - MINUTE, refusals=1))
    bench = await Bench(replace(row(1), health=refused)).open()
    bench.theirs = {1}
    assert await bench.probes.run() == 0 and bench.asked == []


async def test_while_it_is_probed_nobody_else_tries_it() -> None:
    refused = Health(whole=Rest(until=NOW, since=NOW - MINUTE, refusals=1))
    bench = await Bench(replace(row(1), health=refused)).open()
    running = asyncio.get_running_loop().create_task(bench.probes.run())
    while not bench.asked:
        await asyncio.sleep(0)
    assert (await bench.kitchen.refusal()).kind == "trouble"
    await running
    assert await bench.kitchen.ids(1) == [1]


async def test_four_are_asked_at_once() -> None:
    bench = await Bench(*(replace(row(id), health=BANNED) for id in range(1, 21))).open()
    bench.dates = [*range(1, 21), 99]
    assert await bench.probes.run() == 20
    assert (len(bench.asked), bench.most) == (20, 4)


async def test_a_probe_that_fails_by_itself_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    bench = await Bench(*(replace(row(id), health=BANNED) for id in (1, 2))).open()
    bench.dates, bench.says = [1, 2], RuntimeError("a mistake")
    assert await bench.probes.run() == 2
    assert bench.health() == BANNED
    assert "failed by itself" in caplog.text


async def test_a_probe_counts_as_a_call() -> None:
    bench = await Bench(row(1, caps=Caps(day=1))).open()
    assert (await bench.probes.test(1)).ok
    assert (await bench.kitchen.refusal()).kind == "quota"


async def test_a_test_says_how_it_went() -> None:
    bench = await Bench(row(1)).open()
    good = await bench.probes.test(1)
    bench.says = Refused("401")
    bad = await bench.probes.test(1)
    assert (good.ok, good.outcome, bad.ok, bad.outcome, bad.status) == (
        True,
        "Succeeded",
        False,
        "Refused",
        401,
    )
    assert "planted" not in bad.said
    assert bench.health().whole.refusals == 1


async def test_one_that_is_disabled_can_be_tested() -> None:
    bench = await Bench(replace(row(1, secret="planted-key"), live=False)).open()
    assert (await bench.probes.test(1)).ok
    assert bench.secrets == ["planted-key"]


async def test_one_that_is_gone_cannot() -> None:
    bench = await Bench().open()
    with pytest.raises(LookupError):
        await bench.probes.test(1)


async def test_an_account_without_a_token_fails_the_test() -> None:
    bench = await Bench(account_row(1, person())).open()
    found = await bench.probes.test(1)
    assert (found.ok, "cannot be used here" in found.said, bench.asked) == (False, True, [])
