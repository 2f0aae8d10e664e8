from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from keys.limits.wire import Down, Wire, connect
from tests.keys.limits.stage import (
    PROBES,
    URL,
    Relay,
    eventually,
    names_of_a_test,
    needs_redis,
    needs_server,
    relayed,
    server,
)

SCRIPTS = {
    "push": "return redis.call('RPUSH', KEYS[1], ARGV[1])",
    "wrong": "return redis.call('NOSUCH')",
    "expire": "return redis.call('PEXPIRE', KEYS[1], 10000)",
}
NOWHERE = "redis://:not-to-be-logged@127.0.0.1:1/0"


@asynccontextmanager
async def wired(url: str, patience: float = 0.5) -> AsyncIterator[tuple[Wire, str]]:
    async with names_of_a_test() as names:
        wire = Wire(connect(url), SCRIPTS, prefix=names.prefix, patience=patience, probes=PROBES)
        await wire.start()
        try:
            yield wire, f"{names.prefix}list"
        finally:
            await wire.close()


@needs_redis
async def test_what_is_asked_at_once_is_done_in_order() -> None:
    async with wired(URL) as (wire, key):
        answers = [wire.submit("push", [key], [number]) for number in range(1_000)]
        assert await asyncio.gather(*answers) == [*range(1, 1_001)]


@needs_redis
async def test_what_is_cancelled_before_it_is_sent_does_not_happen() -> None:
    async with wired(URL) as (wire, key):
        wire.submit("push", [key], ["a"]).cancel()
        assert await wire.submit("push", [key], ["b"]) == 1


@needs_redis
async def test_a_script_that_fails_fails_open_and_the_wire_recovers() -> None:
    async with wired(URL) as (wire, key):
        with pytest.raises(Down):
            await wire.submit("wrong", [key], [])
        await eventually(lambda: wire.healthy)
        assert await wire.submit("push", [key], ["a"]) == 1


async def test_without_redis_it_starts_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire(connect(NOWHERE), SCRIPTS, prefix="x:", probes=PROBES)
    with caplog.at_level(logging.DEBUG):
        await wire.start()
        await asyncio.sleep(0.1)
        assert not wire.healthy
        with pytest.raises(Down):
            await wire.submit("push", ["x:list"], ["a"])
        await wire.close()
    said = [record.getMessage() for record in caplog.records if record.name == "potluck.redis"]
    assert said == [
        "Redis does not answer (ConnectionError); each process keeps its own limits until it does"
    ]
    assert "not-to-be-logged" not in caplog.text + repr(connect(NOWHERE)) + repr(wire)


@needs_redis
async def test_a_connection_that_breaks_is_told_at_once_and_made_again() -> None:
    async with relayed() as relay, wired(relay.url) as (wire, key):
        revived: list[bool] = []
        wire.revived = lambda: revived.append(wire.healthy)
        await relay.cut()
        with pytest.raises(Down):
            await wire.submit("push", [key], ["a"])
        assert not wire.healthy
        await relay.open()
        await eventually(lambda: wire.healthy)
        assert revived == [True]
        assert await wire.submit("push", [key], ["b"]) == 1


@needs_redis
async def test_a_redis_that_says_nothing_costs_its_patience_once() -> None:
    async with relayed() as relay, wired(relay.url, patience=0.05) as (wire, key):
        relay.silence()
        asked = [wire.submit("push", [key], [number]) for number in range(500)]
        assert {type(each) for each in await outcomes(asked)} == {Down}
        assert not wire.healthy
        relay.speak()
        await eventually(lambda: wire.healthy)


async def outcomes(asked: list[asyncio.Future[object]]) -> list[object]:
    return await asyncio.gather(*asked, return_exceptions=True)


@needs_redis
async def test_an_answer_that_comes_late_is_nobodys() -> None:
    async with relayed() as relay, wired(relay.url, patience=0.05) as (wire, key):
        relay.silence()
        with pytest.raises(Down):
            await wire.submit("push", [key], ["late"])
        relay.speak()
        await eventually(lambda: wire.healthy)
        assert await wire.submit("expire", [key + "-none"], []) == 0


@needs_redis
async def test_closing_answers_who_still_waits() -> None:
    async with relayed() as relay, wired(relay.url, patience=5) as (wire, key):
        relay.silence()
        asked: list[asyncio.Future[object]] = [wire.submit("push", [key], [n]) for n in range(3)]
        await asyncio.sleep(0.02)
        await wire.close()
        assert {type(each) for each in await outcomes(asked)} == {Down}


@needs_server
async def test_a_redis_that_is_killed_and_comes_back_empty_gets_its_scripts_again() -> None:
    with server("not-to-be-logged") as redis:
        wire = Wire(connect(redis.url), SCRIPTS, prefix="x:", probes=PROBES)
        await wire.start()
        await eventually(lambda: wire.healthy)
        assert await wire.submit("push", ["x:list"], ["a"]) == 1
        redis.kill()
        with pytest.raises(Down):
            await wire.submit("push", ["x:list"], ["b"])
        redis.start()
        await eventually(lambda: wire.healthy)
        assert await wire.submit("push", ["x:list"], ["c"]) == 1
        await forget_scripts(redis.url)
        asked = [wire.submit("push", ["x:list"], [letter]) for letter in "de"]
        assert await asyncio.gather(*asked) == [2, 3]
        await wire.close()


async def forget_scripts(url: str) -> None:
    client = connect(url)
    await client.script_flush()
    await client.aclose()


@needs_server
async def test_a_redis_that_takes_no_writes_counts_as_away() -> None:
    with server("not-to-be-logged") as redis:
        wire = Wire(connect(redis.url), SCRIPTS, prefix="x:", probes=PROBES)
        await wire.start()
        await eventually(lambda: wire.healthy)
        await configure(redis.url, "1")
        with pytest.raises(Down):
            await wire.submit("push", ["x:list"], ["a" * 100])
        await asyncio.sleep(0.1)
        assert not wire.healthy
        await configure(redis.url, "0")
        await eventually(lambda: wire.healthy)
        await wire.close()


async def configure(url: str, memory: str) -> None:
    client = connect(url)
    await client.config_set("maxmemory", memory)
    await client.aclose()


@pytest.mark.parametrize(
    ("url", "database", "used"),
    [
        ("redis://127.0.0.1/3", None, 3),
        ("redis://127.0.0.1", 5, 5),
        ("redis://127.0.0.1/3", 5, 3),
        ("redis://127.0.0.1", None, 0),
    ],
)
def test_the_database_of_the_url_counts_before_the_setting(
    url: str, database: int | None, used: int
) -> None:
    assert connect(url, database).connection_pool.connection_kwargs.get("db", 0) == used


def test_a_relay_says_where_it_is() -> None:
    assert Relay().url == ""
