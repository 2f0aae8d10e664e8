"""A million keys: what memory they take, and how long a look-up, a page and a search take.

`python -m benchmarks.many [--keys 1000000]`, on the database of `DATABASE_URL`, which must be
empty, else on a SQLite file of its own. Linux only: it reads `/proc`.
"""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_CHUNK = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATA_DIR", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway.settings")
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        taken = timed(lambda: fill(options.keys))
        print(f"{options.keys} keys made in {taken / 1000:.0f} s")
        directory()
        pages(options.keys)


def text_of(number: int) -> str:
    """The same key in every run."""
    return f"sk-{number:043d}"


def fill(count: int) -> None:
    from django.conf import settings

    from keys import secret
    from keys.models import ApiKey, Revision

    for start in range(0, count, _CHUNK):
        ApiKey.objects.bulk_create(
            ApiKey(
                digest=secret.digest(text_of(number), settings.POTLUCK_PEPPER),
                masked=secret.mask(secret.mint()),
                description=f"Discord user {number}",
                owner=f"user{number}@example.org",
                total_quota=None if number % 10 == 0 else 1_000,
                used=number * 7919 % 1_000,
                expires_at=NOW + timedelta(minutes=number) if number % 2 else None,
                enabled=number % 20 != 0,
                daily_quota=100,
                rpm=60,
                concurrency=4,
                allowed_models="gemini-*\ngpt-*",
                allowed_networks="192.0.2.0/24",
                revision=1,
            )
            for number in range(start, min(start + _CHUNK, count))
        )
    Revision.objects.create(name="keys", value=1)


def directory() -> None:
    """Loads the snapshot, as a gateway does at its start, and looks keys up in it."""
    import asyncio

    from django.conf import settings

    from keys import stored
    from keys.directory import Directory

    gc.collect()
    before = resident()
    with ThreadPoolExecutor(1) as reader:
        found = Directory(settings.POTLUCK_PEPPER, stored.grants, reader)
        taken = timed(lambda: asyncio.run(found.refresh()))
        gc.collect()
        print(f"{len(found)} grants loaded in {taken / 1000:.1f} s, {resident() - before} MB more,")
        print(f"  {peak() - before} MB more at the peak")
        texts = [text_of(number * 7919 % len(found)) for number in range(100_000)]
        micros = timed(lambda: [found.find(text) for text in texts]) * 1000 / len(texts)
        print(f"look-up of a known key {micros:.2f} µs")


def pages(count: int) -> None:
    from django.conf import settings

    from keys import listing
    from keys.listing import Sort, State, Wanted

    pepper = settings.POTLUCK_PEPPER

    def show(name: str, work: Callable[[], object]) -> None:
        print(f"{name:44} {min(timed(work) for _ in range(3)):8.1f} ms")

    for sort in Sort:
        show(f"first page by {sort}", lambda s=sort: listing.page(Wanted(), pepper, NOW, sort=s))  # type: ignore[misc]
    cursor = listing._cursor(count // 2, count // 2, Sort.ID)
    show("page in the middle by id", lambda: listing.page(Wanted(), pepper, NOW, after=cursor))
    for text in (text_of(count - 1), str(count - 1), "sk-AbCdEf", f"user {count - 1}", "nobody"):
        shown = text if len(text) < 20 else "a whole key"
        show(f"search for {shown}", lambda t=text: listing.page(Wanted(t), pepper, NOW))  # type: ignore[misc]
    for state in State:
        wanted = Wanted(states=(state,))
        show(f"first page of {state} keys", lambda w=wanted: listing.page(w, pepper, NOW))  # type: ignore[misc]
    show("count of all", lambda: listing.count(Wanted(), pepper, NOW))


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def resident() -> int:
    return _memory("VmRSS")


def peak() -> int:
    return _memory("VmHWM")


def _memory(name: str) -> int:
    """MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) // 1024
    return 0


if __name__ == "__main__":
    main()
