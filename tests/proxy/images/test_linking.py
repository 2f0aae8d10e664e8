"""An image gets an address, or none."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from proxy.images.gallery import Gallery
from proxy.images.linking import Linker
from proxy.images.links import Links
from proxy.images.memory import MemoryStore
from proxy.ir import Media
from tests.support.moment import Clock

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
HOUR = timedelta(hours=1)


def gallery(size: int = 999) -> Gallery:
    clock = Clock()
    store = MemoryStore(number=9, size=size, lifetime=HOUR, clock=clock)
    return Gallery(store, Links([b"k" * 32], HOUR), clock)


def picture(data: bytes = PNG) -> Media:
    return Media("", base64.b64encode(data).decode())


async def test_an_image_can_be_looked_at_where_its_link_leads() -> None:
    images = gallery()
    link = await Linker(images, "http://here").address(picture())
    shown = await images.answer(link.removeprefix("http://here"))
    assert shown.body == PNG
    assert link.endswith(".png")


async def test_an_image_that_has_an_address_keeps_it() -> None:
    media = Media("", url="https://x/a.png")
    assert await Linker(None, "").address(media) == "https://x/a.png"


@pytest.mark.parametrize("media", [Media("image/png"), Media("image/png", "no base64!")])
async def test_what_holds_no_image_has_no_address(media: Media) -> None:
    assert await Linker(gallery(), "http://here").address(media) == ""


async def test_without_room_there_is_no_address() -> None:
    assert await Linker(gallery(size=5), "http://here").address(picture()) == ""
    assert await Linker(None, "http://here").address(picture()) == ""
