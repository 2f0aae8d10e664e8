"""Rows in and out, on one thread, for several processes on one database."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

import pytest

from credentials import history, services, usage
from credentials.caps import Caps, Today
from credentials.health import Health, NotItsFault, Policy, RateLimited, Refused, Rest, after
from credentials.history import Mishap
from credentials.keeper import fold
from credentials.kinds import Kind, Source
from credentials.models import Contribution, Credential, Revision
from credentials.pool import Pool, Unavailable
from credentials.roster import Report
from credentials.store import Change, Count, Row, Saved, Store, columns, read
from tests.credentials.fakes import NOW, VAULT, Clock, person
from tests.credentials.lending.lender import lend

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
BANNED = Health(banned="401")


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[Store]:
    """A store with a thread and a connection of its own, as another process would have."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        found = Store(executor)
        yield found
        await found.close()


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with opened() as found:
        yield found


def add(secret: str = "secret-1") -> int:  # noqa: S107 - nobody's
    row, _ = services.add(VAULT, "gemini", Kind.GEMINI_API, secret)
    return row.pk


def change(id: int, version: int, outcome: RateLimited | Refused) -> Change:
    reports = [Report(outcome, NOW, NOW)]
    again = partial(fold, reports=reports, policy=Policy())
    return Change(id, version, again(Health()), again)


async def rows(store: Store, since: int = -1) -> list[Row]:
    loaded = await store.load(since, lambda row: row)
    return [row for row, _ in loaded.rows] if loaded else []


async def test_what_changed_is_loaded_and_no_more(store: Store) -> None:
    await store.run(lambda: (add("secret-1"), add("secret-2")))
    first = await store.load(-1, lambda row: VAULT.open(row.sealed.encode()))
    assert first is not None
    assert [secret for _, secret in first.rows] == ["secret-1", "secret-2"]
    assert await store.load(first.revision, lambda row: row) is None
    await store.run(lambda: services.disable([first.rows[1][0].id]))
    (row,) = await rows(store, first.revision)
    assert (row.label, row.live) == ("…", False)


async def test_requests_name_what_was_lent_by_its_number(store: Store) -> None:
    def prepare() -> Contribution:
        add("mine")
        lent = lend(person(email="anna@mail.test"), Kind.CODE_ASSIST).contribution
        # As a version left it that let the operator set an address.
        Credential.objects.filter(pk=lent.credential_id).update(base_url="http://127.0.0.1:9")
        return lent

    lent = await store.run(prepare)
    [_, row] = await rows(store)
    found = await store.find(row.id)
    assert found is not None
    assert row.label == found.label == f"contribution {lent.pk}"
    assert row.base_url == found.base_url == ""


async def test_an_older_revision_is_another_database(store: Store) -> None:
    await store.run(add)
    assert len(await rows(store, since=99)) == 1


async def test_it_works_on_its_own_thread(store: Store) -> None:
    await store.run(add)
    loaded = await store.load(-1, lambda row: threading.get_ident())
    assert loaded is not None
    assert {ident for _, ident in loaded.rows} != {threading.get_ident()}


async def test_a_save_is_seen_by_others(store: Store) -> None:
    await store.run(add)
    (row,) = await rows(store)
    revision = (await store.load(-1, lambda row: row)).revision  # type: ignore[union-attr]
    saved = await store.save([change(row.id, 0, RateLimited("g", HOUR))], NOW)
    assert saved[row.id].version == 1
    (seen,) = await rows(store, revision)
    assert (seen.health, seen.version) == (saved[row.id].health, 1)


async def test_a_save_that_comes_second_is_applied_to_what_the_first_left(store: Store) -> None:
    await store.run(add)
    (row,) = await rows(store)
    await store.save([change(row.id, 0, RateLimited("f", HOUR))], NOW)
    saved = await store.save([change(row.id, 0, RateLimited("g", HOUR))], NOW)
    assert set(saved[row.id].health.models) == {"f", "g"}
    assert (await rows(store))[0].health == saved[row.id].health


async def test_a_save_that_has_nothing_to_add_changes_nothing(store: Store) -> None:
    await store.run(add)
    (row,) = await rows(store)
    await store.run(lambda: Credential.objects.update(health={"banned": "401"}, health_version=4))
    saved = await store.save([change(row.id, 0, RateLimited("g"))], NOW)
    assert saved == {row.id: Saved(4, BANNED)}


async def test_a_removed_credential_is_not_brought_back(store: Store) -> None:
    await store.run(add)
    (row,) = await rows(store)
    await store.run(lambda: services.remove([row.id]))
    assert await store.save([change(row.id, 0, Refused("401"))], NOW) == {}


async def test_two_pools_on_one_database_lose_nothing(store: Store) -> None:
    await store.run(lambda: [add(f"secret-{n}") for n in range(20)])
    clock = Clock()
    async with opened() as other:
        alice, bob = (Pool(each, VAULT, Policy, clock, strict=True) for each in (store, other))
        await asyncio.gather(alice.start(), bob.start())
        for pool, model in ((alice, "f"), (bob, "g")):
            leases = [await pool.acquire("gemini", model) for _ in range(20)]
            for lease in leases:
                lease.report(RateLimited(model, HOUR))
        await asyncio.gather(alice.close(), bob.close())
        assert [set(row.health.models) for row in await rows(store)] == [{"f", "g"}] * 20
        await alice.refresh()
        with pytest.raises(Unavailable):
            await alice.acquire("gemini", "g")


async def test_three_refusals_in_two_processes_ban(store: Store) -> None:
    await store.run(add)
    clock = Clock()
    pools = [Pool(store, VAULT, Policy, clock, strict=True) for _ in range(3)]
    for pool in pools:
        await pool.start()
        clock.advance(3600)
        lease = await pool.acquire("gemini", "g")
        clock.advance(1)
        lease.report(Refused("API_KEY_INVALID"))
        await pool.close()
    assert (await rows(store))[0].health.banned == "API_KEY_INVALID"


async def test_the_columns_repeat_the_health(store: Store) -> None:
    await store.run(add)
    (row,) = await rows(store)
    health = Health(whole=Rest(until=NOW + HOUR, since=NOW, reason="stumbled"))
    await store.save([Change(row.id, 0, health, lambda stored: stored)], NOW)

    def check() -> None:
        stored = Credential.objects.get()
        assert (stored.banned, stored.cooling_until) == (False, NOW + HOUR)
        assert (stored.reason, read(stored)) == ("stumbled", health)

    await store.run(check)
    assert columns(BANNED, NOW)["banned"] is True


async def test_counts_add_up_within_a_day_and_begin_anew(store: Store) -> None:
    await store.run(lambda: (add("secret-1"), add("secret-2")))
    one, two = [row.id for row in await rows(store)]
    first, second = date(2026, 7, 1), date(2026, 7, 2)
    await store.count(first, {one: Count(2, 1, 1), two: Count(5, 5)})
    assert await store.count(first, {one: Count(1, 1)}) == {one: Today(first, 3, 1)}
    await store.count(second, {two: Count(1, 0)})

    def check() -> None:
        found = Credential.objects.order_by("pk").values_list("day", "calls", "served")
        assert list(found) == [(first, 3, 2), (second, 1, 0)]

    await store.run(check)


async def test_counts_that_come_late_do_not_end_a_day_that_others_began(store: Store) -> None:
    await store.run(add)
    (row,) = await rows(store)
    first, second = date(2026, 7, 1), date(2026, 7, 2)
    await store.count(second, {row.id: Count(2, 1)})
    assert await store.count(first, {row.id: Count(9, 9)}) == {row.id: Today(second, 2)}


async def test_the_last_failures_are_stored(store: Store) -> None:
    await store.run(add)
    (row,) = await rows(store)
    for number in range(15):
        each = [Mishap(NOW + number * HOUR, 500, "a"), Mishap(NOW + number * HOUR, 429, "b")]
        await store.note({row.id: each})

    def check() -> None:
        found = history.load(Credential.objects.get().errors)
        assert (len(found), found[-1]) == (20, Mishap(NOW + 14 * HOUR, 429, "b"))

    await store.run(check)
    await store.note({999: [Mishap(NOW)]})


async def test_one_row_is_found_also_when_it_is_disabled(store: Store) -> None:
    id = await store.run(add)
    await store.run(lambda: services.disable([id]))
    found = await store.find(id)
    assert found is not None
    assert (found.id, found.live) == (id, False)
    await store.run(lambda: services.remove([id]))
    assert await store.find(id) is None


async def test_two_pools_learn_what_both_have_counted(store: Store) -> None:
    id = await store.run(add)
    await store.run(lambda: usage.limit([id], Caps(day=10)))
    clock = Clock()
    async with opened() as other:
        alice, bob = (Pool(each, VAULT, Policy, clock, strict=True) for each in (store, other))
        await asyncio.gather(alice.start(), bob.start())
        for pool, calls in ((alice, 4), (bob, 5)):
            for _ in range(calls):
                (await pool.acquire("gemini", "g")).report(NotItsFault())
            await pool.close()
            await pool.refresh()
        assert bob.company.members[id].tally.calls == 9
        await bob.acquire("gemini", "g")
        with pytest.raises(Unavailable) as caught:
            await bob.acquire("gemini", "g")
        assert caught.value.kind == "quota"


async def test_a_health_that_cannot_be_read_counts_as_clean(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store.run(add)
    await store.run(lambda: Credential.objects.update(health={"models": 7}))
    with caplog.at_level(logging.WARNING):
        (row,) = await rows(store)
    assert row.health == Health()
    assert "cannot be read" in caplog.text


async def test_a_thousand_changes_are_loaded_and_saved(store: Store) -> None:
    secrets = [f"secret-{n}" for n in range(1000)]
    sync = partial(services.sync, VAULT, Source.ENV, "gemini", kind=Kind.GEMINI_API)
    await store.run(lambda: sync(secrets=secrets))
    limited = after(Health(), RateLimited("g"), Policy(), sent_at=NOW, now=NOW)
    every = [Change(row.id, 0, limited, lambda stored: stored) for row in await rows(store)]
    assert len(await store.save(every, NOW)) == 1000
    before = await store.load(-1, lambda row: row)
    assert before is not None
    assert before.revision == await store.run(Revision.current)
