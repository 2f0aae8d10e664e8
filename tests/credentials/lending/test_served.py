"""Calls per day of contributed credentials, from what the pool counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from credentials import services as operator
from credentials.health import NotItsFault, Policy, Succeeded
from credentials.kinds import Kind
from credentials.lending import served
from credentials.models import Credential, ServedDay
from credentials.pool import Pool
from credentials.store import Count, Store
from tests.credentials.fakes import VAULT, Clock
from tests.credentials.lending.lender import lend

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 7, 1)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    with ThreadPoolExecutor(1) as executor:
        found = Store(executor)
        yield found
        await found.close()


def days(id: int) -> list[tuple[date, int, int]]:
    rows = ServedDay.objects.filter(credential_id=id).order_by("day")
    return list(rows.values_list("day", "calls", "served"))


async def test_a_day_adds_up(store: Store) -> None:
    id = await store.run(lambda: lend().contribution.credential_id)
    for day, count in ((DAY, Count(5, 4, 1)), (DAY, Count(2, 2)), (DAY, Count(-1))):
        await store.count(day, {id: count})
    await store.count(DAY + timedelta(days=1), {id: Count(1, 1)})
    # It comes late: what the credential itself counts today is not touched by it.
    await store.count(DAY, {id: Count(3, 3)})
    assert await store.run(lambda: days(id)) == [(DAY, 9, 9), (DAY + timedelta(days=1), 1, 1)]


async def test_only_what_was_contributed_is_kept_by_day(store: Store) -> None:
    own, _ = await store.run(lambda: operator.add(VAULT, "gemini", Kind.GEMINI_API, "own-key"))
    id = await store.run(lambda: lend().contribution.credential_id)
    await store.count(DAY, {own.pk: Count(5, 5), id: Count(5, 5)})
    rows = await store.run(lambda: list(ServedDay.objects.values_list("credential_id", flat=True)))
    assert rows == [id]
    assert await store.run(lambda: Credential.objects.get(pk=own.pk).served) == 5


async def test_calls_of_several_processes_are_all_there(store: Store) -> None:
    id = await store.run(lambda: lend().contribution.credential_id)
    with ThreadPoolExecutor(1) as executor:
        other = Store(executor)
        await asyncio.gather(*(each.count(DAY, {id: Count(1, 1)}) for each in (store, other) * 10))
        await other.close()
    assert await store.run(lambda: days(id)) == [(DAY, 20, 20)]


async def test_what_the_pool_serves_is_counted(store: Store) -> None:
    id = await store.run(lambda: lend().contribution.credential_id)
    pool = Pool(store, VAULT, Policy, Clock(), strict=True)
    await pool.start()
    for outcome in (Succeeded(), Succeeded(), NotItsFault()):
        (await pool.acquire("gemini", "g")).report(outcome)
    await pool.close()
    assert await store.run(lambda: days(id)) == [(DAY, 3, 2)]


def test_a_look_at_nobody_writes_nothing() -> None:
    served.look([], [], DAY)
    assert not ServedDay.objects.exists()
