"""What a browser gets for a link."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from proxy.images import serve
from proxy.images.links import Links
from proxy.images.memory import MemoryStore
from proxy.images.serve import Answer
from proxy.images.store import Stored, StoreDown
from tests.support.moment import NOON, Clock

LINKS = Links([b"k" * 32], timedelta(minutes=10))


class Broken(MemoryStore):
    async def get(self, name: str) -> Stored | None:
        raise StoreDown("secret")


def store(kind: type[MemoryStore] = MemoryStore) -> MemoryStore:
    return kind(number=9, size=999, lifetime=timedelta(hours=1), clock=Clock())


async def served(mime: str, now: datetime = NOON, memory: MemoryStore | None = None) -> Answer:
    memory = memory or store()
    path = LINKS.path(await memory.put(b"data", mime), NOON)
    return await serve.answer(memory, LINKS, path, now)


async def test_a_picture_is_shown() -> None:
    found = await served("image/png", NOON + timedelta(minutes=4))
    headers = dict(found.headers)
    assert (found.status, found.body) == (200, b"data")
    assert headers[b"content-type"] == b"image/png"
    assert headers[b"content-length"] == b"4"
    assert headers[b"content-disposition"].startswith(b"inline;")
    assert headers[b"cache-control"] == b"private, max-age=360"


@pytest.mark.parametrize(
    ("mime", "said"),
    [
        ("image/svg+xml", b"image/svg+xml"),
        ("text/html", b"application/octet-stream"),
        ("application/xhtml+xml", b"application/octet-stream"),
        ("application/pdf", b"application/pdf"),
        ("text/plain", b"text/plain"),
        ("video/mp4", b"video/mp4"),
    ],
)
async def test_what_could_run_is_only_downloaded(mime: str, said: bytes) -> None:
    headers = dict((await served(mime)).headers)
    assert headers[b"content-disposition"].startswith(b"attachment;")
    assert headers[b"content-type"] == said


@pytest.mark.parametrize("minutes", [0, 10])
async def test_every_answer_is_guarded(minutes: int) -> None:
    headers = dict((await served("image/png", NOON + timedelta(minutes=minutes))).headers)
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"content-security-policy"] == b"sandbox; default-src 'none'"
    assert headers[b"referrer-policy"] == b"no-referrer"


async def test_unknown_forged_malformed_and_expired_look_the_same() -> None:
    memory = store()
    name = await memory.put(b"data", "image/png")
    good = LINKS.path(name, NOON)
    unknown = LINKS.path("0" * 32 + ".png", NOON)
    forged = Links([b"x" * 32], timedelta(hours=1)).path(name, NOON)
    late = NOON + timedelta(minutes=10)
    asked = [(unknown, NOON), (forged, NOON), ("/media/x", NOON), (good, late)]
    found = [await serve.answer(memory, LINKS, path, now) for path, now in asked]
    assert found == [found[0]] * 4
    assert found[0].status == 404
    assert dict(found[0].headers)[b"cache-control"] == b"no-store"


async def test_a_store_that_is_down_says_try_again() -> None:
    found = await served("image/png", memory=store(Broken))
    assert found.status == 503
    assert b"secret" not in found.body
