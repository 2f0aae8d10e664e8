"""Accounts lent by a pool: database, token host and Code Assist are real, or as good as."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from credentials import documents, issuers, sealing, services, usage
from credentials.accounts import Accounts
from credentials.documents import Document
from credentials.health import Policy, Refused
from credentials.issuers import Issuers
from credentials.kinds import Kind
from credentials.models import Credential
from credentials.pool import Pool, Unavailable
from credentials.projects import Projects
from credentials.safe import Safe
from credentials.store import Store
from credentials.tokens import Tokens
from credentials.web import Web, client
from gateway.simulator.code_assist import PROJECT
from tests.credentials.fakes import VAULT, Clock, person, robot
from tests.support.proxies import Proxy, Socks
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

pytestmark = pytest.mark.django_db(transaction=True)


class House:
    """What one process has, wired as the gateway wires it."""

    def __init__(self, upstream: Upstream, store: Store, clock: Clock) -> None:
        self.upstream = upstream
        self.store = store
        self.clock = clock
        web = Web(partial(client, "potluck/test"))
        safe = Safe(store, VAULT)
        google = issuers.google(f"{upstream.base}/oauth")
        tokens = Tokens(lambda: Issuers(google), safe, web, clock, poll=0.02)
        projects = Projects(upstream.base, safe, web, clock, interval=0.0)
        self.accounts = Accounts(tokens, projects, web, clock)
        self.pool = Pool(store, VAULT, Policy, clock, bearers=self.accounts)

    async def add(self, *found: Document) -> None:
        def work() -> None:
            for each in found:
                kind = documents.kind(each)
                services.add(VAULT, services.HOMES[kind], kind, each)

        await self.store.run(work)
        await self.pool.refresh()

    async def stored(self) -> list[Document]:
        def work() -> list[Any]:
            rows = Credential.objects.order_by("pk")
            return [sealing.opened(VAULT, Kind(row.kind), row.sealed) for row in rows]

        return await self.store.run(work)

    async def secret(self, provider: str = "code-assist") -> str:
        return (await self.pool.acquire(provider, "g")).access.secret

    def asked(self, path: str) -> int:
        return sum(each.path.endswith(path) for each in self.upstream.requests)


@contextlib.asynccontextmanager
async def opened(upstream: Upstream, clock: Clock | None = None) -> AsyncIterator[House]:
    with ThreadPoolExecutor(max_workers=1) as executor:
        house = House(upstream, Store(executor), clock or Clock())
        await house.pool.start()
        yield house
        await house.accounts.close()
        await house.pool.close()


@pytest.fixture
async def house(upstream: Upstream) -> AsyncIterator[House]:
    async with opened(upstream) as found:
        yield found


def step(work: Coroutine[Any, Any, object]) -> bool:
    """Whether it ends without ever giving the loop away."""
    try:
        work.send(None)
    except StopIteration:
        return True
    work.close()
    return False


async def test_a_thousand_requests_cause_one_refresh(house: House) -> None:
    await house.add(person())
    house.upstream.fail("planted-refresh", "slow-0.05")
    secrets = await asyncio.gather(*(house.secret() for _ in range(1_000)))
    assert len(set(secrets)) == 1
    assert (house.asked("/oauth/token"), house.asked(":loadCodeAssist")) == (1, 1)


async def test_a_thousand_requests_renew_an_expired_token_once(house: House) -> None:
    await house.add(person())
    first = await house.secret()
    house.clock.advance(3600)
    secrets = await asyncio.gather(*(house.secret() for _ in range(1_000)))
    assert first not in secrets
    assert (len(set(secrets)), house.asked("/oauth/token")) == (1, 2)


async def test_with_a_token_in_memory_nothing_is_waited_for(house: House) -> None:
    await house.add(person())
    assert not step(house.pool.acquire("code-assist", "g"))
    await house.secret()
    assert step(house.pool.acquire("code-assist", "g"))


async def test_a_lease_has_the_token_and_the_project(house: House) -> None:
    await house.add(person(), robot())
    lease = await house.pool.acquire("code-assist", "g")
    assert lease.access.kind is Kind.CODE_ASSIST
    assert lease.access.extra["project"] == PROJECT
    assert lease.access.secret.startswith("ya29.")
    lease = await house.pool.acquire("vertex", "g")
    assert (lease.access.kind, lease.access.extra["project"]) == (Kind.VERTEX, "my-project")
    assert lease.access.secret.startswith("ya29.")


async def test_a_restart_keeps_the_rotated_token_and_the_project(upstream: Upstream) -> None:
    clock = Clock()
    async with opened(upstream, clock) as house:
        await house.add(person("rotating-planted"))
        first = await house.secret()
    async with opened(upstream, clock) as house:
        assert await house.secret() == first
        assert (house.asked("/oauth/token"), house.asked(":loadCodeAssist")) == (1, 1)
        clock.advance(3600)
        assert await house.secret() != first
        assert house.asked("/oauth/token") == 2


async def test_two_processes_do_not_burn_a_rotating_token(upstream: Upstream) -> None:
    async with opened(upstream) as one, opened(upstream) as other:
        await one.add(person("rotating-planted"))
        await other.pool.refresh()
        upstream.fail("rotating-planted", "slow-0.05")
        secrets = await asyncio.gather(*(each.secret() for each in (one, other) * 20))
        assert (len(set(secrets)), one.asked("/oauth/token")) == (1, 1)
        (document,) = await one.stored()
        one.clock.advance(3600)
        other.clock.advance(3600)
        await asyncio.gather(one.secret(), other.secret())
        assert (await one.stored()) != [document]
        assert one.asked("/oauth/token") == 2


async def test_one_whose_refresh_fails_is_passed_over(house: House) -> None:
    await house.add(person("revoked-planted"), person("good-planted"))
    assert len({await house.secret() for _ in range(3)}) == 1
    await house.pool.close()
    rows = await house.store.run(lambda: list(Credential.objects.order_by("pk")))
    assert [row.banned for row in rows] == [True, False]
    assert rows[0].reason.startswith("The account is not accepted any more: its refresh token")


async def test_when_none_is_left_the_operator_hears_why(house: House) -> None:
    await house.add(person("revoked-planted"))
    with pytest.raises(Unavailable) as caught:
        await house.secret()
    assert (caught.value.known, caught.value.retry_after) == (1, None)
    assert "invalid_grant" in caught.value.reason


async def test_a_token_host_in_trouble_costs_a_short_rest(house: House) -> None:
    await house.add(person("flaky-1-planted"))
    refusals = await asyncio.gather(*(house.secret() for _ in range(50)), return_exceptions=True)
    assert {type(each) for each in refusals} == {Unavailable}
    assert house.asked("/oauth/token") == 1
    with pytest.raises(Unavailable) as caught:
        await house.secret()
    assert caught.value.retry_after == 15.0
    house.clock.advance(15)
    assert await house.secret()


async def test_a_refused_access_token_is_made_anew(house: House) -> None:
    await house.add(person())
    lease = await house.pool.acquire("code-assist", "g")
    lease.report(Refused("UNAUTHENTICATED", 401))
    house.clock.advance(60)
    assert await house.secret() != lease.access.secret


async def test_one_that_is_removed_meanwhile_is_not_lent(house: House) -> None:
    await house.add(person())
    house.upstream.fail("planted-refresh", "slow-0.05")

    async def remove() -> None:
        await asyncio.sleep(0.02)
        rows = await house.store.run(lambda: list(Credential.objects.values_list("pk", flat=True)))
        await house.store.run(lambda: services.remove(rows))
        await house.pool.refresh()

    refused, _ = await asyncio.gather(house.secret(), remove(), return_exceptions=True)
    assert isinstance(refused, Unavailable)
    (row,) = await house.store.run(lambda: list(Credential.objects.all()))
    assert row.sealed == ""


async def test_nothing_shows_a_secret(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await house.add(person("revoked-planted"), person("good-planted"), robot())
        lease = await house.pool.acquire("code-assist", "g")
        await house.secret("vertex")
        with pytest.raises(Unavailable) as caught:
            await house.pool.acquire("code-assist", "g", {lease.access.id})
    shown = f"{lease!r} {lease.access!r} {house.pool!r} {house.accounts!r} {caught.value!r}"
    for secret in ("planted", lease.access.secret, "PRIVATE", "eyJ"):
        assert secret not in f"{shown} {caplog.text}"


@pytest.mark.parametrize("kind", [Proxy, Socks])
async def test_an_account_is_made_ready_through_its_own_proxy(
    house: House, kind: type[Proxy]
) -> None:
    def route() -> None:
        ids = list(Credential.objects.values_list("pk", flat=True))
        usage.via(VAULT, ids, proxy.url())

    async with kind("planted") as proxy:
        await house.add(person())
        await house.store.run(route)
        await house.pool.refresh()
        lease = await house.pool.acquire("code-assist", "g")
        assert lease.access.proxy == proxy.url()
        # For the token, and then for the project.
        assert len(house.upstream.requests) == 2
        assert proxy.asked
