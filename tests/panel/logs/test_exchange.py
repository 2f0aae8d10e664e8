from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from keys.limits.scripts import Names
from keys.limits.wire import connect
from tests.keys.limits.stage import URL, eventually, names_of_a_test, needs_redis, relayed
from tests.panel.logs.stage import Process

pytestmark = needs_redis


@asynccontextmanager
async def processes(
    *names: str, urls: Collection[str] = (), size: int = 300
) -> AsyncIterator[list[Process]]:
    async with names_of_a_test() as under, AsyncExitStack() as stack:
        channel = under.lines("here")
        found = []
        for name, url in zip(names, urls or [URL] * len(names), strict=True):
            process = Process(name, channel, url, size)
            found.append(await stack.enter_async_context(process.running()))
        yield found


async def test_a_viewer_sees_what_every_process_says() -> None:
    async with processes("one", "two", "three") as (one, two, three):
        await one.watch()
        await eventually(lambda: two.exchange.wanted and three.exchange.wanted)
        one.say("hello")
        two.say("good morning")
        three.say("good night")
        await eventually(lambda: len(one.seen()) == 3)
        assert sorted(one.seen()) == ["one hello", "three good night", "two good morning"]
        assert two.seen() == ["two good morning"]


async def test_two_who_watch_see_the_same_and_no_echo() -> None:
    async with processes("one", "two") as (one, two):
        await one.watch()
        await two.watch()
        await eventually(lambda: one.exchange.wanted and two.exchange.wanted)
        one.say("a", "b")
        two.say("c")
        await eventually(lambda: len(one.seen()) == len(two.seen()) == 3)
        two.say("d")
        await eventually(lambda: len(one.seen()) == 4)
        assert sorted(one.seen()) == sorted(two.seen()) == ["one a", "one b", "two c", "two d"]


async def test_nothing_is_published_unless_somebody_else_watches() -> None:
    async with processes("one", "two") as (one, two):
        await one.watch()
        await eventually(lambda: two.exchange.wanted)
        assert not one.exchange.wanted, "only its own viewer listens"
        one.hub.leave(one.viewer)
        await eventually(lambda: not two.exchange.wanted)
        assert not one.exchange.hearing


async def test_what_is_said_between_the_look_and_the_first_parcel_arrives() -> None:
    async with processes("one", "two") as (one, two):
        await one.watch()
        two.say("at once")
        await eventually(lambda: one.seen() == ["two at once"])


async def test_a_redis_that_falls_silent_costs_lines_that_are_counted() -> None:
    async with relayed() as relay, processes("one", "two", urls=[URL, relay.url], size=10) as found:
        one, two = found
        await one.watch()
        await eventually(lambda: two.exchange.wanted)
        two.say("before")
        await eventually(lambda: len(one.seen()) == 1)
        relay.silence()
        two.say(*(f"line {number}" for number in range(40)))
        await asyncio.sleep(0.05)
        relay.speak()
        await eventually(lambda: "two line 39" in one.seen())
        lost = sum(each.lost for each in one.ring.after(0).entries)
        lines = [each for each in one.seen() if each.startswith("two line")]
        assert lost + len(lines) == 40
        assert len(set(lines)) == len(lines)


async def test_a_viewer_whose_connection_broke_hears_again_and_what_it_missed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with relayed() as relay, processes("one", "two", urls=[relay.url, URL]) as (one, two):
        await one.watch()
        await eventually(lambda: two.exchange.wanted)
        two.say("before")
        await eventually(lambda: len(one.seen()) == 1)
        await relay.cut()
        await eventually(lambda: not one.exchange.hearing)
        await relay.open()
        await eventually(lambda: one.exchange.hearing and two.exchange.wanted)
        two.say("after")
        await eventually(lambda: "two after" in one.seen())
        told = [each.message for each in caplog.records if "not heard" in each.message]
        assert told == ["what other processes log is not heard (ConnectionError)"]


async def test_nonsense_on_the_channel_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async with processes("one") as (one,):
        await one.watch()
        client = connect(URL)
        for _ in range(2):
            await client.publish(one.exchange._channel, '{"run": 1}')
        await client.aclose()
        await eventually(lambda: any("cannot be read" in each.message for each in caplog.records))
        assert one.exchange.hearing


async def test_one_that_is_closed_leaves_the_hub_as_it_was() -> None:
    one = Process("one", Names().lines("nowhere"))
    one.exchange.start()
    one.say("mine")
    await one.exchange.close()
    one.hub.join(one.viewer)
    assert (one.ring.process, one.exchange.hearing) == ("", False)
    one.hub.leave(one.viewer)
