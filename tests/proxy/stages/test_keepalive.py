"""A ping only while nothing else is said."""

from __future__ import annotations

import asyncio

from proxy.stages.keepalive import Keepalive


async def test_it_pings_while_nothing_is_sent() -> None:
    pinged = asyncio.Event()

    async def ping() -> None:
        pinged.set()

    keepalive = Keepalive(0.01, ping)
    keepalive.start()
    await asyncio.wait_for(pinged.wait(), 5)
    await keepalive.stop()


async def test_it_is_silent_while_something_is_sent() -> None:
    pings: list[int] = []

    async def ping() -> None:
        pings.append(1)

    keepalive = Keepalive(0.4, ping)
    keepalive.start()
    for _ in range(25):
        keepalive.note()
        await asyncio.sleep(0.02)
    await keepalive.stop()
    assert pings == []


async def test_nothing_is_sent_after_it_stopped() -> None:
    began, ended = asyncio.Event(), []

    async def ping() -> None:
        began.set()
        await asyncio.sleep(30)
        ended.append(1)

    keepalive = Keepalive(0.01, ping)
    keepalive.start()
    await asyncio.wait_for(began.wait(), 5)
    await keepalive.stop()
    assert ended == []


async def test_zero_turns_it_off() -> None:
    async def ping() -> None:
        raise AssertionError("nobody asked for this")

    keepalive = Keepalive(0, ping)
    keepalive.start()
    await asyncio.sleep(0.02)
    await keepalive.stop()


async def test_the_first_ping_may_come_sooner() -> None:
    pinged = asyncio.Event()

    async def ping() -> None:
        pinged.set()

    keepalive = Keepalive(3_600, ping, first=0.01)
    keepalive.start()
    await asyncio.wait_for(pinged.wait(), 5)
    await keepalive.stop()
