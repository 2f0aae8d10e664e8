"""Which limits hold, as the settings say."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from gateway import limiting
from gateway.config import Config, load
from gateway.live import Live, Made
from keys import making
from keys.directory import Grant
from keys.limits import FREE, Limited, Local
from keys.limits.shared import Shared
from keys.models import ApiKey

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def config(**environ: str) -> Config:
    return load(environ, {}, {})


def made(**environ: str) -> Made:
    return Made(Live(lambda stored: load(environ, stored, {})))


def test_calls_of_an_address_are_limited_only_where_the_operator_says_so() -> None:
    assert limiting.calls(config()).per_minute is None
    assert limiting.pages(config()).per_minute == 30
    told = config(MAX_REQUESTS_PER_MINUTE="5", WHITELIST_IPS="10.0.0.0/8")
    assert limiting.calls(told).per_minute == limiting.pages(told).per_minute == 5
    assert not limiting.calls(told).covers("10.1.2.3") and limiting.calls(told).covers("8.8.8.8")


async def test_without_redis_they_are_this_processs_own() -> None:
    with ThreadPoolExecutor(1) as reader:
        local = limiting.limits(made(), reader)
        assert isinstance(local, Local)
        assert await local.admit(Grant(1, "x"), "8.8.8.8", NOW) is FREE
        pages = limiting.limits(made(MAX_REQUESTS_PER_MINUTE="1"), reader)
        await pages.visit("8.8.8.8", NOW)
        with pytest.raises(Limited):
            await pages.visit("8.8.8.8", NOW)


def test_with_redis_they_are_shared() -> None:
    with ThreadPoolExecutor(1) as reader:
        found = limiting.limits(made(REDIS_URL="redis://:hidden@127.0.0.1:1/0"), reader)
    assert isinstance(found, Shared) and "hidden" not in repr(found)


@pytest.mark.django_db(transaction=True)
def test_a_key_used_from_everywhere_is_flagged_and_goes_on() -> None:
    key, _ = making.create(b"p" * 32)
    grant = Grant(key.pk, "x")

    async def use(reader: ThreadPoolExecutor) -> None:
        local = limiting.limits(made(SHARING_ADDRESSES="2"), reader)
        for number in range(4):
            assert await local.admit(grant, f"8.8.8.{number}", NOW) is FREE

    with ThreadPoolExecutor(1) as reader:
        asyncio.run(use(reader))
    row = ApiKey.objects.get()
    assert row.flagged_at is not None and row.enabled
    assert row.flag_reason == "used from more than 2 addresses within an hour"
