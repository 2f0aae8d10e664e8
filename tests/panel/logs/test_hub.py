from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection
from datetime import timedelta

from panel.logs.hub import Hub
from panel.logs.ring import Ring
from tests.support.rooms import NOW


class Fake:
    """A viewer that only remembers."""

    def __init__(self, name: str = "in", minutes: int = 60) -> None:
        self.token = name
        self.expires = NOW + timedelta(minutes=minutes)
        self.woken = asyncio.Event()
        self.times = 0
        self.ended = False

    def wake(self) -> None:
        self.times += 1
        self.woken.set()

    def end(self) -> None:
        self.ended = True


async def nobody(tokens: Collection[str]) -> Collection[str]:
    return ()


async def broken(tokens: Collection[str]) -> Collection[str]:
    raise OSError("the database is away")


async def first(tokens: Collection[str]) -> Collection[str]:
    return {"out"}


def hub(over: object = nobody, pace: float = 0.0) -> Hub:
    return Hub(Ring(str), over, lambda: NOW, pace=pace, every=3_600)  # type: ignore[arg-type]


async def test_while_nobody_watches_nothing_runs() -> None:
    one, viewer = hub(), Fake()
    assert one.ring.bell is None
    one.join(viewer)
    assert one.ring.bell is not None
    one.leave(viewer)
    one.leave(viewer)
    assert one.ring.bell is None
    assert len(asyncio.all_tasks()) <= 2


async def test_a_line_of_any_thread_wakes_everybody_once() -> None:
    one, viewers = hub(), [Fake(), Fake()]
    for viewer in viewers:
        one.join(viewer)

    def talk() -> None:
        for _ in range(50):
            one.ring.append(0.0, 20, "test", "x")

    thread = threading.Thread(target=talk)
    thread.start()
    thread.join()
    async with asyncio.timeout(5):
        await asyncio.gather(*(viewer.woken.wait() for viewer in viewers))
    assert [viewer.times for viewer in viewers] == [1, 1]
    for viewer in viewers:
        one.leave(viewer)


async def test_it_wakes_again_for_what_comes_later() -> None:
    one, viewer = hub(), Fake()
    one.join(viewer)
    for _ in range(3):
        viewer.woken.clear()
        one.ring.append(0.0, 20, "test", "x")
        async with asyncio.timeout(5):
            await viewer.woken.wait()
    assert viewer.times == 3
    one.leave(viewer)


async def test_many_lines_share_a_wake() -> None:
    one, viewer = hub(pace=3_600), Fake()
    one.join(viewer)
    one._woken = asyncio.get_running_loop().time()
    one.strike()
    one.strike()
    await asyncio.sleep(0)
    assert viewer.times == 0
    one.leave(viewer)


async def test_who_comes_right_after_the_last_one_left_is_not_woken_twice() -> None:
    one, viewer = hub(pace=3_600), Fake()
    for _ in range(3):
        one.join(viewer)
        one._woken = asyncio.get_running_loop().time()
        one.strike()
        await asyncio.sleep(0)
        assert one._timer is not None
        timer = one._timer
        one.leave(viewer)
        assert timer.cancelled()
        assert one._timer is None


async def test_it_says_when_somebody_begins_and_nobody_goes_on() -> None:
    one, viewers, told = hub(), [Fake(), Fake()], list[bool]()
    one.watched = told.append
    for viewer in viewers:
        one.join(viewer)
    for viewer in viewers:
        one.leave(viewer)
    assert told == [True, False]


async def test_a_session_that_is_over_ends_its_viewers() -> None:
    one, stays, goes, old = hub(first), Fake("in"), Fake("out"), Fake("old", minutes=0)
    for viewer in (stays, goes, old):
        one.join(viewer)
    await one.look()
    assert [viewer.ended for viewer in (stays, goes, old)] == [False, True, True]
    for viewer in (stays, goes, old):
        one.leave(viewer)


async def test_without_the_database_only_time_ends_them() -> None:
    one, stays, old = hub(broken), Fake(), Fake(minutes=0)
    one.join(stays)
    one.join(old)
    await one.look()
    await one.look()
    assert (stays.ended, old.ended) == (False, True)
    one.leave(stays)
    one.leave(old)


def test_a_loop_that_is_closed_is_left_alone() -> None:
    one = hub()

    async def watch() -> None:
        one.join(Fake())

    asyncio.run(watch())
    one.ring.append(0.0, 20, "test", "x")
    assert one.ring.bell is None
