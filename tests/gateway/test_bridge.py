"""Pages in their threads reach what lives on the event loop."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import pytest

from credentials.caps import Calendar
from gateway import __version__
from gateway.bridge import Bridge, Parts
from keys.ledger import Ledger, LedgerDown
from keys.limits import Addresses, Limited, Limits, Local, Rule
from panel.bridge import NotRunning
from proxy.call import Call
from tests.support.rooms import Rooms, Script

LIST = b'{"models":[{"name":"models/gemini-2.5-flash"}]}'
NOW = datetime(2026, 1, 1, tzinfo=UTC)
T = TypeVar("T")


def made(*calls: Call, limits: Limits | None = None) -> Bridge:
    anything: Any = object()
    services = Rooms(Script(LIST)).services
    if limits is not None:
        services = dataclasses.replace(services, limits=limits)
    return Bridge(Parts(services, anything, anything, anything, Calendar, set(calls), 2), NOW)


async def thread(work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work)


def call(*, stream: bool, begun: bool) -> Call:
    found = Call(id="r", at=NOW, address="")
    found.stream, found.first = stream, 1.0 if begun else None
    return found


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


async def refuse() -> int:
    raise LookupError("gone")


async def test_a_page_waits_for_the_loop() -> None:
    bridge = made()
    assert await thread(lambda: bridge.wait(answer())) == 42


async def test_it_hears_what_was_raised() -> None:
    bridge = made()
    with pytest.raises(LookupError, match="gone"):
        await thread(lambda: bridge.wait(refuse()))


async def test_what_takes_too_long_is_given_up() -> None:
    bridge, ended = made(), asyncio.Event()

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(TimeoutError):
        await thread(lambda: bridge.wait(forever(), 0.01))
    await asyncio.wait_for(ended.wait(), 5)


async def test_the_loop_does_not_wait_for_itself() -> None:
    with pytest.raises(RuntimeError, match="await it"):
        made().wait(answer())


async def test_nobody_waits_for_a_gateway_that_stops() -> None:
    bridge, begun = made(), asyncio.Event()

    async def forever() -> None:
        begun.set()
        await asyncio.Event().wait()

    waiting = asyncio.get_running_loop().create_task(thread(lambda: bridge.wait(forever())))
    await asyncio.wait_for(begun.wait(), 5)
    bridge.close()
    with pytest.raises(NotRunning):
        await waiting
    with pytest.raises(NotRunning):
        await thread(lambda: bridge.wait(answer()))


async def test_it_counts_what_is_under_way() -> None:
    calls = [
        call(stream=True, begun=True),
        call(stream=True, begun=False),
        call(stream=False, begun=True),
    ]
    found = made(*calls).vitals()
    assert (found.version, found.started_at, found.processes) == (__version__, NOW, 2)
    assert (found.calls, found.streams) == (3, 1)
    assert made().calendar == Calendar()


async def test_it_knows_the_models_and_where_they_lead() -> None:
    bridge = made()
    rows = await thread(bridge.models)
    assert "gemini-2.5-flash" in {row.name for row in rows}
    found = await thread(lambda: bridge.resolve("nick"))
    assert [place.model for place in found.places] == ["real-name"]


async def test_a_visit_counts_against_the_limits_of_all_processes() -> None:
    bridge = made(limits=Local(pages=Addresses(lambda: Rule(per_minute=2))))
    for _ in range(2):
        await thread(lambda: bridge.visit("192.0.2.1"))
    with pytest.raises(Limited):
        await thread(lambda: bridge.visit("192.0.2.1"))
    await thread(lambda: bridge.visit("192.0.2.2"))


async def test_what_was_settled_is_written_when_a_page_asks() -> None:
    anything: Any = object()
    services = Rooms(Script(LIST)).services
    flushed: list[str] = []

    class Books:
        async def flush(self) -> None:
            flushed.append("all")

    class Torn(Books):
        async def flush(self) -> None:
            raise LedgerDown("the disk is full")

    for books in (Books(), Torn()):
        parts = dataclasses.replace(services, ledger=cast(Ledger, books))
        bridge = Bridge(Parts(parts, anything, anything, anything, Calendar, set(), 1), NOW)
        await thread(bridge.settle)
    assert flushed == ["all"]
