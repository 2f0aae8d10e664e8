"""A change is heard of at once: in its own process, and with Redis in all others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from django.db import connections, transaction

from credentials import services as credentials
from credentials.kinds import Kind
from gateway import news, stored
from gateway.config import Config, load
from gateway.news import News
from keys import making
from keys.limits.announcer import Announcer, Loudspeaker
from keys.limits.scripts import Names
from keys.limits.wire import connect
from tests.credentials.fakes import VAULT
from tests.keys.limits.stage import PROBES, URL, eventually, names_of_a_test, needs_redis

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 10.0


def key() -> None:
    making.create(b"p" * 32)


def credential() -> None:
    credentials.add(VAULT, "gemini", Kind.GEMINI_API, "secret-1")


def setting() -> None:
    stored.save("AUTO_BAN", "false")


CHANGES = pytest.mark.parametrize("change", [key, credential, setting])


@asynccontextmanager
async def process(announcer: Announcer | None = None) -> AsyncIterator[News]:
    found = News(announcer)
    found.start()
    try:
        yield found
    finally:
        await found.close()


async def thread(work: Callable[[], object]) -> None:
    def job() -> None:
        try:
            work()
        finally:
            connections.close_all()

    await asyncio.to_thread(job)


@CHANGES
async def test_the_process_that_changed_something_hears_of_it(change: Callable[[], None]) -> None:
    async with process() as here:
        await thread(change)
        assert await here.wait(LONG)
        assert not await here.wait(0.01)


async def test_what_was_not_committed_is_no_news() -> None:
    def undone() -> None:
        with transaction.atomic():
            key()
            transaction.set_rollback(True)

    async with process() as here:
        await thread(undone)
        assert not await here.wait(0.01)


async def test_who_has_stopped_hears_nothing() -> None:
    async with process() as here:
        pass
    await thread(key)
    assert not await here.wait(0.01)


def test_without_redis_nobody_else_is_told() -> None:
    assert news.announcer(Config()) is None
    assert isinstance(news.announcer(load({"REDIS_URL": URL}, {}, {})), Loudspeaker)


def speaker(names: Names) -> Loudspeaker:
    return Loudspeaker(connect(URL), names=names, pauses=PROBES)


@needs_redis
async def test_with_redis_all_others_hear_of_it() -> None:
    async with names_of_a_test() as names:
        mouth, ear = speaker(names), speaker(names)
        async with process(mouth), process(ear) as there:
            await eventually(lambda: mouth.listening and ear.listening)
            while await there.wait(0.05):
                pass
            # As another process, it does not share the signals of the one that changes something.
            for signal in news._SIGNALS:
                signal.disconnect(there._changed)
            await thread(key)
            assert await there.wait(LONG)
