"""What a person has done to an account at once, with a token host as good as real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest

from credentials import documents, issuers, sealing, services, upkeep
from credentials.issuers import Issuer, Issuers
from credentials.kinds import Kind
from credentials.models import Credential, Revision
from credentials.upkeep import Trouble, Upkeep
from credentials.web import Web
from gateway.simulator.oauth import REVOKED
from tests.credentials.fakes import NOW, VAULT, person, robot
from tests.credentials.test_accounts import House, opened
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = "ann@example.test"


class Desk:
    """Accounts of one process. `says` is what userinfo answers, `asked` with which tokens."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.says = httpx.Response(200, json={"email": MAIL})
        self.asked: list[str] = []
        google = issuers.google(f"{house.upstream.base}/oauth", apis="https://apis.test")
        self.issuers = Issuers(google)
        web = Web(lambda proxy: httpx.AsyncClient(transport=httpx.MockTransport(self._answer)))
        self.upkeep = Upkeep(
            house.pool, house.store, VAULT, house.accounts, web, lambda: self.issuers
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        assert str(request.url) == "https://apis.test/oauth2/v2/userinfo"
        self.asked.append(request.headers["authorization"])
        return self.says

    async def id(self) -> int:
        return await self.house.store.run(lambda: Credential.objects.get(deleted_at=None).pk)

    async def row(self) -> Credential:
        return await self.house.store.run(Credential.objects.get)

    async def stop(self) -> int:
        """It is switched off, and the pool knows that."""
        id = await self.id()
        await self.house.store.run(lambda: services.disable([id]))
        await self.house.pool.refresh()
        return id


@pytest.fixture
async def desk(upstream: Upstream) -> AsyncIterator[Desk]:
    async with opened(upstream) as house:
        yield Desk(house)


async def test_a_token_is_renewed_although_it_is_good(desk: Desk) -> None:
    await desk.house.add(person())
    first = await desk.house.secret()
    assert await desk.house.secret() == first
    await desk.upkeep.renew(await desk.id())
    assert await desk.house.secret() != first
    assert desk.house.asked("/oauth/token") == 2


async def test_a_token_that_came_with_the_account_is_renewed_too(desk: Desk) -> None:
    until = NOW.replace(year=2027)
    await desk.house.add(person(access_token="planted-access", expires_at=until))
    await desk.upkeep.renew(await desk.id())
    assert await desk.house.secret() != "planted-access"


async def test_so_is_that_of_an_account_that_is_off(desk: Desk) -> None:
    await desk.house.add(person())
    await desk.upkeep.renew(await desk.stop())
    (stored,) = await desk.house.stored()
    assert isinstance(stored, documents.OAuthAccount)
    assert stored.access_token


async def test_a_refusal_is_said_and_counts(desk: Desk) -> None:
    await desk.house.add(person(f"{REVOKED}planted"))
    id = await desk.id()
    with pytest.raises(Trouble) as caught:
        await desk.upkeep.renew(id)
    assert "planted" not in str(caught.value)
    assert desk.house.pool.company.members[id].health.banned


async def test_an_address_is_found_and_kept(desk: Desk) -> None:
    await desk.house.add(person())
    before = await desk.house.store.run(Revision.current)
    assert await desk.upkeep.identify(await desk.id()) == MAIL
    row = await desk.row()
    assert (row.extra["email"], row.label) == (MAIL, MAIL)
    assert row.revision > before
    assert desk.asked == [f"Bearer {await desk.house.secret()}"]


async def test_a_label_that_somebody_wrote_stays(desk: Desk) -> None:
    await desk.house.add(person())
    await desk.house.store.run(lambda: Credential.objects.update(label="Ann's…"))
    await desk.upkeep.identify(await desk.id())
    assert (await desk.row()).label == "Ann's…"


async def test_a_robot_knows_its_own(desk: Desk) -> None:
    await desk.house.add(robot())
    assert await desk.upkeep.identify(await desk.id()) == robot().client_email
    assert desk.asked == []


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (httpx.Response(401), "consent once more"),
        (httpx.Response(403, text="planted"), "consent once more"),
        (httpx.Response(200, json={"id": "1"}), "consent once more"),
        (httpx.Response(200, json={"email": "<script>@x"}), "consent once more"),
        (httpx.Response(200, json={"email": 5}), "no JSON"),
        (httpx.Response(200, text="planted"), "no JSON"),
        (httpx.Response(200, text="[" * 100_000), "no JSON"),
        (httpx.Response(500), "status 500"),
        (httpx.Response(302, headers={"location": "https://elsewhere.test"}), "status 302"),
        (httpx.Response(200, content=b"x" * 300_000), "too much"),
    ],
)
async def test_an_account_that_does_not_tell_says_why(
    desk: Desk, says: httpx.Response, sentence: str
) -> None:
    await desk.house.add(person())
    desk.says = says
    with pytest.raises(Trouble, match=sentence) as caught:
        await desk.upkeep.identify(await desk.id())
    assert "planted" not in str(caught.value)
    assert "email" not in (await desk.row()).extra


async def test_a_provider_that_tells_nobody_is_not_asked(desk: Desk) -> None:
    await desk.house.add(person())
    desk.issuers = Issuers(Issuer(token_url=desk.issuers.google.token_url))
    with pytest.raises(Trouble, match="whose account"):
        await desk.upkeep.identify(await desk.id())


async def test_a_key_has_neither(desk: Desk) -> None:
    add = partial(services.add, VAULT, "gemini", Kind.GEMINI_API, "planted-key")
    await desk.house.store.run(add)
    await desk.house.pool.refresh()
    for work in (desk.upkeep.renew, desk.upkeep.identify):
        with pytest.raises(Trouble, match="API key"):
            await work(await desk.id())


async def test_what_is_gone_or_sealed_for_others_is_no_account(desk: Desk) -> None:
    await desk.house.add(person())
    id = await desk.stop()
    await desk.house.store.run(lambda: Credential.objects.update(sealed="gAAAA"))
    for each in (id, 999):
        with pytest.raises(LookupError):
            await desk.upkeep.renew(each)


async def test_an_account_that_is_removed_meanwhile_keeps_nothing(desk: Desk) -> None:
    await desk.house.add(person())
    id = await desk.id()
    await desk.house.store.run(lambda: services.remove([id]))
    await desk.house.store.run(lambda: upkeep.remember(id, MAIL))
    row = await desk.row()
    assert (row.extra, row.label) == ({}, sealing.mask("planted-refresh"))
