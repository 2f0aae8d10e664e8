"""Publishing gives an address that answers."""

from __future__ import annotations

from datetime import timedelta

from proxy.images.gallery import Gallery
from proxy.images.links import Links
from proxy.images.memory import MemoryStore
from tests.support.moment import Clock

LIFETIME = timedelta(hours=1)


class Remote(MemoryStore):
    async def link(self, name: str) -> str | None:
        return f"https://cdn.example/{name}"


def gallery(clock: Clock, kind: type[MemoryStore] = MemoryStore) -> Gallery:
    store = kind(number=9, size=999, lifetime=LIFETIME, clock=clock)
    return Gallery(store, Links([b"k" * 32], LIFETIME), clock)


async def test_what_is_published_can_be_looked_at_until_it_expires() -> None:
    clock = Clock()
    images = gallery(clock)
    url = await images.publish(b"data", "image/png", "https://potluck.example/")
    assert url.startswith("https://potluck.example/media/")
    path = url.removeprefix("https://potluck.example")
    assert (await images.answer(path)).body == b"data"
    clock.pass_(hours=1)
    assert (await images.answer(path)).status == 404
    assert await images.prune() == 1


async def test_a_store_that_hands_out_itself_is_linked_to() -> None:
    url = await gallery(Clock(), Remote).publish(b"data", "image/png", "https://potluck.example")
    assert url.startswith("https://cdn.example/")


async def test_closing_closes_the_store() -> None:
    images = gallery(Clock())
    url = await images.publish(b"data", "image/png", "")
    await images.close()
    assert (await images.answer(url)).status == 404
