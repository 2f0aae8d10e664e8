"""Pictures in memory, within bounds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proxy.images.memory import MemoryStore
from proxy.images.store import Stored, StoreDown
from tests.support.moment import Clock


def store(clock: Clock, *, number: int = 3, size: int = 100) -> MemoryStore:
    return MemoryStore(number=number, size=size, lifetime=timedelta(hours=1), clock=clock)


async def test_it_gives_back_what_was_put() -> None:
    memory = store(Clock())
    name = await memory.put(b"data", "image/png")
    assert await memory.get(name) == Stored("image/png", b"data")
    assert await memory.link(name) is None


async def test_an_unknown_name_is_nothing() -> None:
    assert await store(Clock()).get("0" * 32 + ".png") is None


async def test_the_one_longest_not_asked_for_goes() -> None:
    memory = store(Clock())
    first, second, third = [await memory.put(b"x", "image/png") for _ in range(3)]
    await memory.get(first)
    fourth = await memory.put(b"x", "image/png")
    held = [await memory.get(name) is not None for name in (first, second, third, fourth)]
    assert held == [True, False, True, True]


async def test_bytes_are_bounded_too() -> None:
    memory = store(Clock())
    first, second = await memory.put(b"x" * 60, "image/png"), await memory.put(b"y" * 60, "")
    assert await memory.get(first) is None
    assert await memory.get(second) is not None
    # What went makes room again.
    await memory.put(b"z" * 40, "image/png")
    assert await memory.get(second) is not None


async def test_a_picture_larger_than_the_store_drops_no_other() -> None:
    memory = store(Clock())
    name = await memory.put(b"x", "image/png")
    with pytest.raises(StoreDown, match="too large"):
        await memory.put(b"x" * 101, "image/png")
    assert await memory.get(name) is not None


async def test_it_expires_and_is_pruned() -> None:
    clock = Clock()
    memory = store(clock)
    old = await memory.put(b"x", "image/png")
    clock.pass_(minutes=30)
    new = await memory.put(b"x", "image/png")
    clock.pass_(minutes=30)
    assert await memory.get(old) is None
    assert await memory.prune(clock()) == 1
    assert await memory.get(new) is not None


async def test_closing_forgets() -> None:
    memory = store(Clock())
    name = await memory.put(b"x", "image/png")
    await memory.close()
    assert await memory.get(name) is None
