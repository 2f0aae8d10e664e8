"""A lender's word counts in every process at once, and no operator's word undoes it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from credentials import services as operator
from credentials.health import NotItsFault, Policy
from credentials.lending import services
from credentials.models import Contribution
from credentials.pool import Pool, Unavailable
from credentials.store import Store
from tests.credentials.fakes import NOW, VAULT, Clock
from tests.credentials.lending.lender import lend

pytestmark = pytest.mark.django_db(transaction=True)


@contextlib.asynccontextmanager
async def process() -> AsyncIterator[tuple[Store, Pool]]:
    """A thread and a connection of its own, as another process would have."""
    with ThreadPoolExecutor(1) as executor:
        store = Store(executor)
        pool = Pool(store, VAULT, Policy, Clock(), strict=True)
        await pool.start()
        yield store, pool
        await pool.close()


async def lends(pool: Pool) -> bool:
    """After the look that every process takes once a second."""
    await pool.refresh()
    try:
        (await pool.acquire("gemini", "g")).report(NotItsFault())
    except Unavailable:
        return False
    return True


async def test_a_pause_holds_in_every_process_and_whatever_the_operator_does() -> None:
    async with process() as (store, one), process() as (_, other):
        row = await store.run(lambda: lend().contribution)

        async def after(work: Callable[[], object]) -> list[bool]:
            await store.run(work)
            return [await lends(one), await lends(other)]

        assert [await lends(one), await lends(other)] == [True, True]
        assert await after(lambda: services.pause(row.pk, now=NOW)) == [False, False]
        assert await after(lambda: operator.enable([row.credential_id])) == [False, False]
        assert await after(lambda: operator.disable([row.credential_id])) == [False, False]
        assert await after(lambda: services.resume(row.pk, now=NOW)) == [False, False]
        assert await after(lambda: operator.enable([row.credential_id])) == [True, True]


async def test_a_withdrawal_holds_too() -> None:
    async with process() as (store, one), process() as (_, other):
        row: Contribution = await store.run(lambda: lend().contribution)
        assert [await lends(one), await lends(other)] == [True, True]
        await store.run(lambda: services.withdraw(VAULT, row.pk, now=NOW))
        await store.run(lambda: operator.enable([row.credential_id]))
        assert [await lends(one), await lends(other)] == [False, False]
