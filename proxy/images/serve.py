"""Answers a link. What is stored came from a model: a browser must never run it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from proxy.images import names
from proxy.images.links import Links
from proxy.images.store import Store, Stored, StoreDown

Headers = list[tuple[bytes, bytes]]


class Answer(NamedTuple):
    """`headers` as ASGI wants them, with the content length."""

    status: int
    headers: Headers
    body: bytes


_GUARDS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"sandbox; default-src 'none'"),
    (b"referrer-policy", b"no-referrer"),
    # Chat apps show pictures on pages of another origin.
    (b"cross-origin-resource-policy", b"cross-origin"),
]


async def answer(store: Store, links: Links, path: str, now: datetime) -> Answer:
    """404 for what is unknown, forged, malformed or expired: nobody learns which."""
    valid = links.open(path, now)
    if valid is None:
        return MISSING
    name, left = valid
    try:
        stored = await store.get(name)
    except StoreDown:
        return _plain(503, b"The pictures cannot be read now. Try again.\n")
    if stored is None:
        return MISSING
    return _shown(name, stored, int(left.total_seconds()))


def _shown(name: str, stored: Stored, seconds: int) -> Answer:
    place = "inline" if names.is_raster(name) else "attachment"
    headers = [
        (b"content-type", stored.mime.encode()),
        (b"content-length", b"%d" % len(stored.data)),
        (b"content-disposition", f'{place}; filename="{name}"'.encode()),
        (b"cache-control", b"private, max-age=%d" % seconds),
        *_GUARDS,
    ]
    return Answer(200, headers, stored.data)


def _plain(status: int, body: bytes) -> Answer:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *_GUARDS,
    ]
    return Answer(status, headers, body)


MISSING = _plain(404, b"Not found. Links to pictures expire.\n")
