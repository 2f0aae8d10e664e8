from __future__ import annotations

import asyncio
import ipaddress
import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from keys.limits import FREE, Addresses, Limited, Local, Rule, Which, Whose
from keys.limits.scripts import Names
from keys.limits.shared import Shared, midnights
from keys.limits.wire import connect
from tests.keys.limits.stage import (
    HOME,
    URL,
    Key,
    eventually,
    names_of_a_test,
    needs_redis,
    needs_server,
    relayed,
    server,
    shared,
    started,
    utcnow,
)


def rule(**limits: object) -> Addresses:
    found = Rule(**limits)  # type: ignore[arg-type] # The tests name what the rule names.
    return Addresses(lambda: found)


async def admitted(limits: Shared, key: Key, address: str = HOME) -> bool:
    try:
        (await limits.admit(key, address, utcnow())).leave()
    except Limited:
        return False
    return True


async def refusal(limits: Shared, key: Key) -> Limited:
    with pytest.raises(Limited) as refused:
        await limits.admit(key, HOME, utcnow())
    return refused.value


@needs_redis
async def test_a_minute_is_one_for_all_processes() -> None:
    key = Key(rpm=5)
    async with names_of_a_test() as names, started(URL, names) as one, started(URL, names) as two:
        found = [await admitted((one, two)[n % 2], key) for n in range(8)]
        assert found == [True] * 5 + [False] * 3
        limited = await refusal(two, key)
        assert (limited.which, limited.whose, limited.limit) == (Which.MINUTE, Whose.KEY, 5)
        assert 50 < limited.retry_after <= 60
        assert await admitted(two, Key(2, rpm=5))
        assert await admitted(one, Key(rpm=6))


@needs_redis
async def test_a_minute_passes() -> None:
    async with names_of_a_test() as names, started(URL, names) as limits:
        assert await admitted(limits, Key(rpm=1))
        client = connect(URL)
        minute = names.minute("key:1")
        for call in await client.zrange(minute, 0, -1):
            await client.zincrby(minute, -60_000_000, str(call))
        await client.aclose()
        assert await admitted(limits, Key(rpm=1))
        assert not await admitted(limits, Key(rpm=1))


@needs_redis
async def test_what_one_limit_refuses_counts_for_no_other() -> None:
    key = Key(rpm=2, concurrency=1)
    local = Local(calls=rule(per_day=2, per_minute=2))
    async with names_of_a_test() as names, started(URL, names, local) as limits:
        running = await limits.admit(key, HOME, utcnow())
        for _ in range(3):
            assert (await refusal(limits, key)).which is Which.CONCURRENCY
        running.leave()
        assert await admitted(limits, key)
        assert (await refusal(limits, key)).which is Which.DAY


@needs_redis
async def test_an_address_has_its_minute_and_its_day() -> None:
    spared = (ipaddress.ip_network("10.0.0.0/8"),)
    local = Local(calls=rule(per_minute=2, spared=spared), pages=rule(per_day=1, spared=spared))
    async with names_of_a_test() as names, started(URL, names, local) as limits:
        found = [await admitted(limits, Key(n), "2001:db8::1") for n in range(3)]
        assert found == [True, True, False]
        assert all([await admitted(limits, Key(), "10.1.2.3") for _ in range(3)])
        await limits.visit(HOME, utcnow())
        await limits.visit("10.1.2.3", utcnow())
        with pytest.raises(Limited) as refused:
            await limits.visit(HOME, utcnow())
        assert (refused.value.which, refused.value.whose) == (Which.DAY, Whose.ADDRESS)
        midnight = utcnow().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        assert refused.value.reset_at == midnight


@needs_redis
@pytest.mark.parametrize("hours", [-30, 30], ids=["slow", "fast"])
async def test_a_host_whose_clock_is_wrong_counts_by_that_of_redis(hours: int) -> None:
    local = Local(calls=rule(per_day=2, per_minute=2))
    wrong = utcnow() + timedelta(hours=hours / 2)
    async with names_of_a_test() as names, started(URL, names, local) as limits:
        assert await admitted(limits, Key())
        (await limits.admit(Key(), HOME, wrong)).leave()
        with pytest.raises(Limited) as refused:
            await limits.admit(Key(), HOME, wrong)
        assert 0 < refused.value.retry_after <= 86_400


@needs_redis
async def test_a_key_without_limits_asks_nobody() -> None:
    async with names_of_a_test() as names:
        limits = shared(URL, names)
        entering = limits.admit(Key(), HOME, utcnow())
        with pytest.raises(StopIteration) as ended:
            entering.send(None)
        assert ended.value.value is FREE
        await limits.visit(HOME, utcnow())


def spawn(names: Names, role: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.keys.limits.worker", names.prefix, role],
        stdout=subprocess.PIPE,
        text=True,
    )


async def lines(processes: list[subprocess.Popen[str]]) -> list[str]:
    waits = asyncio.gather(*(asyncio.to_thread(each.communicate) for each in processes))
    try:
        async with asyncio.timeout(120):
            return [found[0].strip() for found in await asyncio.shield(waits)]
    finally:
        for process in processes:
            process.kill()
        await waits


@needs_redis
async def test_three_processes_share_a_minute_exactly() -> None:
    async with names_of_a_test() as names:
        counts = await lines([spawn(names, "pace") for _ in range(3)])
    assert sum(int(count) for count in counts) == 50


@needs_redis
async def test_three_processes_never_run_more_than_the_limit_and_forget_nobody() -> None:
    async with names_of_a_test() as names:
        found = await lines([spawn(names, "crowd") for _ in range(3)])
    most, ran = zip(*(map(int, line.split()) for line in found), strict=True)
    assert 1 <= max(most) <= 3
    assert ran == (25, 25, 25)


@needs_redis
async def test_a_killed_process_gives_its_places_back() -> None:
    key = Key(concurrency=2, waiting=2)
    async with names_of_a_test() as names, started(URL, names) as limits:
        process = spawn(names, "hold")
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == "holding\n"
        assert not await admitted(limits, key)
        process.kill()
        await asyncio.to_thread(process.communicate)
        async with asyncio.timeout(10):
            while not await admitted(limits, key):
                await asyncio.sleep(0.05)


@needs_redis
async def test_without_redis_each_process_keeps_its_own_limits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    key = Key(rpm=3)
    caplog.set_level(logging.INFO, "potluck.redis")
    async with relayed() as relay, names_of_a_test() as names, started(relay.url, names) as limits:
        assert await admitted(limits, key)
        await relay.cut()
        found = [await admitted(limits, key) for _ in range(5)]
        assert found == [True] * 3 + [False] * 2
        assert not limits.healthy
        await relay.open()
        await eventually(lambda: limits.healthy)
        assert [await admitted(limits, key) for _ in range(3)] == [True, True, False]
    said = [record.getMessage().split(" (")[0] for record in caplog.records]
    assert said == [
        "Redis answers; limits hold across processes and hosts",
        "Redis does not answer",
        "Redis answers; limits hold across processes and hosts",
    ]


@needs_redis
async def test_pages_are_limited_without_redis_too() -> None:
    local = Local(pages=rule(per_minute=1))
    async with (
        relayed() as relay,
        names_of_a_test() as names,
        started(relay.url, names, local) as limits,
    ):
        await relay.cut()
        await limits.visit(HOME, utcnow())
        with pytest.raises(Limited):
            await limits.visit(HOME, utcnow())


@needs_server
async def test_a_redis_that_is_killed_never_fails_a_call() -> None:
    with server("not-to-be-logged") as redis:
        async with started(redis.url, Names()) as limits:
            await eventually(lambda: limits.healthy)
            key, calls = Key(rpm=10_000, concurrency=50, waiting=1_000), 0
            for number in range(40):
                if number == 10:
                    redis.kill()
                if number == 20:
                    redis.start()
                batch = await asyncio.gather(*(admitted(limits, key) for _ in range(10)))
                calls += sum(batch)
                await asyncio.sleep(0.005)
            assert calls == 400
            await eventually(lambda: limits.healthy)


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("UTC", ["03-09 00", "03-10 00", "03-11 00", "03-12 00"]),
        ("America/Los_Angeles", ["03-09 08", "03-10 08", "03-11 07", "03-12 07"]),
    ],
)
def test_midnights_are_those_of_the_zone(zone: str, begins: list[str]) -> None:
    found = midnights(Addresses(Rule, zone=ZoneInfo(zone)), datetime(2030, 3, 10, 20, tzinfo=UTC))
    moments = [datetime.fromtimestamp(each / 1_000_000, UTC) for each in found]
    assert [f"{moment:%m-%d %H}" for moment in moments] == begins
