from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from keys.limits.announcer import EVERYTHING, Announcer, Loudspeaker, Silence
from keys.limits.scripts import Names
from keys.limits.wire import connect
from tests.keys.limits.stage import (
    PROBES,
    URL,
    eventually,
    names_of_a_test,
    needs_redis,
    relayed,
)


def speaker(url: str, names: Names) -> Loudspeaker:
    return Loudspeaker(connect(url), names=names, pauses=PROBES)


@asynccontextmanager
async def hearing(announcer: Announcer) -> AsyncIterator[list[str]]:
    heard: list[str] = []

    async def hear(topic: str) -> None:
        heard.append(topic)
        if topic == "broken":
            raise RuntimeError("a story about a listener that fails")

    task = asyncio.get_running_loop().create_task(announcer.listen(hear))
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await announcer.close()


async def test_without_redis_nobody_is_told() -> None:
    async with hearing(Silence()) as heard:
        await Silence().publish("keys")
    assert heard == []


@needs_redis
async def test_everybody_hears_of_a_change() -> None:
    async with names_of_a_test() as names:
        teller = speaker(URL, names)
        async with hearing(speaker(URL, names)) as one, hearing(speaker(URL, names)) as two:
            await eventually(lambda: one == two == [EVERYTHING])
            await teller.publish("keys")
            await teller.publish("costs")
            await eventually(lambda: one == two == [EVERYTHING, "keys", "costs"])
        await teller.close()


@needs_redis
async def test_a_listener_that_fails_hears_what_comes_next() -> None:
    async with names_of_a_test() as names:
        teller = speaker(URL, names)
        async with hearing(speaker(URL, names)) as heard:
            await eventually(lambda: heard == [EVERYTHING])
            await teller.publish("broken")
            await teller.publish("keys")
            await eventually(lambda: heard == [EVERYTHING, "broken", "keys"])
        await teller.close()


@needs_redis
async def test_a_quiet_hour_is_no_failure() -> None:
    async with names_of_a_test() as names:
        listener = Loudspeaker(connect(URL), names=names, patience=0.05, pauses=PROBES)
        async with hearing(listener) as heard:
            await eventually(lambda: heard == [EVERYTHING])
            await asyncio.sleep(0.3)
            assert heard == [EVERYTHING]


@needs_redis
async def test_after_a_break_everything_may_have_changed() -> None:
    async with names_of_a_test() as names, relayed() as relay:
        listener, teller = speaker(relay.url, names), speaker(URL, names)
        async with hearing(listener) as heard:
            await eventually(lambda: heard == [EVERYTHING])
            await relay.cut()
            await eventually(lambda: not listener.listening)
            await relay.open()
            await eventually(lambda: heard == [EVERYTHING, EVERYTHING])
            await teller.publish("keys")
            await eventually(lambda: heard[-1] == "keys")
        await teller.close()


async def test_a_change_that_cannot_be_announced_fails_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    lost = Loudspeaker(connect("redis://:not-to-be-logged@127.0.0.1:1"), pauses=PROBES)
    async with hearing(lost) as heard:
        await lost.publish("keys")
        await asyncio.sleep(0.1)
    assert heard == []
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert "not-to-be-logged" not in caplog.text
