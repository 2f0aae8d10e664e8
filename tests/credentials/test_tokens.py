"""Access tokens kept fresh, against a token endpoint on a real socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs

import pytest

from credentials import issuers
from credentials.bearer import Account, Failure, Unready
from credentials.documents import OAuthAccount
from credentials.health import RateLimited, Refused
from credentials.issuers import Issuer, Issuers
from credentials.tokens import Tokens
from credentials.web import Web, client
from tests.credentials.fakes import NOW, Clock, FakeSafe, account, person, robot
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

MINUTE = timedelta(minutes=1)


class Desk:
    """Tokens for some accounts; what the token host was asked is in the simulator's journal."""

    def __init__(self, upstream: Upstream, *accounts: Account) -> None:
        self.upstream = upstream
        self.clock = Clock()
        self.safe = FakeSafe(*accounts)
        self.web = Web(partial(client, "potluck/test"), total=2.0)
        acme = Issuer(token_url=f"{upstream.base}/acme/oauth/token", client_id="acme-client")
        google = issuers.google(f"{upstream.base}/oauth", "our-client", "planted-ours")
        self.issuers = Issuers(google, {"acme": acme})
        self.tokens = Tokens(
            lambda: self.issuers, self.safe, self.web, self.clock, poll=0.05, pauses=(0.0,)
        )

    @property
    def asked(self) -> int:
        return len(self.upstream.requests)

    def form(self) -> dict[str, str]:
        pairs = parse_qs(self.upstream.last.body.decode())
        return {name: values[0] for name, values in pairs.items()}

    async def failure(self, account: Account) -> Failure:
        with pytest.raises(Unready) as caught:
            await self.tokens.fresh(account)
        return caught.value.failure

    def stored(self) -> OAuthAccount:
        document = self.safe.documents[1]
        assert isinstance(document, OAuthAccount)
        return document


@pytest.fixture
async def opened() -> AsyncIterator[list[Desk]]:
    """Desks put in here are closed after the test."""
    desks: list[Desk] = []
    yield desks
    for desk in desks:
        await desk.tokens.close()
        await desk.web.close()


@pytest.fixture
def desk(upstream: Upstream, opened: list[Desk]) -> Desk:
    opened.append(Desk(upstream, ANNA))
    return opened[0]


ANNA = account(1, person())
ROBOT = account(2, robot())


async def test_a_service_account_signs_for_its_token(desk: Desk) -> None:
    token = await desk.tokens.fresh(ROBOT)
    assert token.text.startswith("ya29.")
    assert desk.upstream.last.key == "robot@p.iam.gserviceaccount.com"
    assert await desk.tokens.fresh(ROBOT) is token
    assert desk.asked == 1


async def test_a_refreshed_token_is_stored_with_its_account(desk: Desk) -> None:
    token = await desk.tokens.fresh(ANNA)
    assert desk.form()["client_id"] == "planted-client"
    assert (desk.stored().access_token, desk.stored().expires_at) == (
        token.text,
        NOW + timedelta(seconds=3599),
    )
    assert desk.safe.claimed == {}


async def test_the_operator_s_client_serves_accounts_without_one(desk: Desk) -> None:
    guest = account(1, person(client_id="", client_secret=""))
    desk.safe.documents[1] = guest.document
    await desk.tokens.fresh(guest)
    assert (desk.form()["client_id"], desk.form()["client_secret"]) == (
        "our-client",
        "planted-ours",
    )


async def test_a_registered_provider_is_asked_at_its_own_address(desk: Desk) -> None:
    theirs = account(1, person(provider="acme"))
    desk.safe.documents[1] = theirs.document
    await desk.tokens.fresh(theirs)
    assert desk.upstream.last.path == "/acme/oauth/token"


async def test_it_is_renewed_five_minutes_before_its_end(desk: Desk) -> None:
    first = await desk.tokens.fresh(ANNA)
    desk.clock.advance(3599 - 301)
    assert desk.tokens.cached(ANNA) is first
    desk.clock.advance(1)
    assert desk.tokens.cached(ANNA) is None
    assert (await desk.tokens.fresh(ANNA)).text != first.text
    assert desk.asked == 2


@pytest.mark.parametrize(("left", "asked"), [(6 * MINUTE, 0), (4 * MINUTE, 1)])
async def test_the_token_that_an_account_came_with_is_used_up_first(
    desk: Desk, left: timedelta, asked: int
) -> None:
    came = account(1, person(access_token="planted-access", expires_at=NOW + left))
    desk.safe.documents[1] = came.document
    token = await desk.tokens.fresh(came)
    assert (token.text == "planted-access", desk.asked) == (not asked, asked)


async def test_a_thousand_callers_cause_one_refresh(desk: Desk) -> None:
    desk.upstream.fail("planted-refresh", "slow-0.05")
    tokens = await asyncio.gather(*(desk.tokens.fresh(ANNA) for _ in range(1_000)))
    assert len({token.text for token in tokens}) == 1
    assert desk.asked == 1


async def test_a_caller_who_leaves_does_not_stop_it(desk: Desk) -> None:
    desk.upstream.fail("planted-refresh", "slow-0.05")
    async with asyncio.TaskGroup() as group:
        first = group.create_task(desk.tokens.fresh(ANNA))
        second = group.create_task(desk.tokens.fresh(ANNA))
        await asyncio.sleep(0.01)
        first.cancel()
    assert second.result().text == desk.stored().access_token
    assert desk.asked == 1


async def test_a_rotated_refresh_token_is_stored_and_used_next(desk: Desk) -> None:
    rotating = account(1, person("rotating-planted"))
    desk.safe.documents[1] = rotating.document
    await desk.tokens.fresh(rotating)
    second = desk.stored().refresh_token
    assert second != "rotating-planted"
    desk.clock.advance(3600)
    await desk.tokens.fresh(rotating)
    assert desk.form()["refresh_token"] == second


async def test_a_rotated_refresh_token_survives_a_database_that_is_away(desk: Desk) -> None:
    rotating = account(1, person("rotating-planted"))
    desk.safe.documents[1] = rotating.document

    async def claim(*args: object) -> object:
        held = await FakeSafe.claim(desk.safe, 1, NOW)
        desk.safe.away = 2
        desk.safe.claim = original  # type: ignore[method-assign]
        return held

    original = desk.safe.claim
    desk.safe.claim = claim  # type: ignore[assignment, method-assign]
    failure = await desk.failure(rotating)
    assert "database" in failure.reason
    assert desk.stored().refresh_token == "rotating-planted"
    desk.clock.advance(15)
    token = await desk.tokens.fresh(rotating)
    assert (desk.stored().access_token, desk.asked) == (token.text, 1)


async def test_what_another_process_got_is_used(desk: Desk) -> None:
    desk.safe.claimed[1] = "another"

    async def finish() -> None:
        await asyncio.sleep(0.01)
        fresh = person(access_token="planted-theirs", expires_at=NOW + timedelta(hours=1))
        await desk.safe.keep(1, fresh)

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(desk.tokens.fresh(ANNA))
        group.create_task(finish())
    assert (waiting.result().text, desk.asked) == ("planted-theirs", 0)
    assert desk.safe.claimed == {}


async def test_a_revoked_account_is_final(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    revoked = account(1, person("revoked-planted"))
    desk.safe.documents[1] = revoked.document
    failure = await desk.failure(revoked)
    assert isinstance(failure.outcome, Refused)
    assert failure.outcome.final
    assert "authorise it again" in failure.reason
    assert desk.safe.claimed == {}
    assert "Credential 1 got no access token. The account" in caplog.text


@pytest.mark.parametrize("behaviour", ["403", "503", "429-bare", "garbage", "cut", "hang"])
async def test_the_token_host_s_trouble_is_not_the_account_s(
    upstream: Upstream, opened: list[Desk], behaviour: str
) -> None:
    desk = Desk(upstream, ANNA)
    desk.web = Web(partial(client, "potluck/test"), total=0.2)
    desk.tokens = Tokens(lambda: desk.issuers, desk.safe, desk.web, desk.clock)
    opened.append(desk)
    upstream.fail("planted-refresh", behaviour)
    failure = await desk.failure(ANNA)
    assert isinstance(failure.outcome, RateLimited)
    assert failure.outcome.retry_after == timedelta(seconds=15)
    assert failure.reason.startswith("The token host ")
    assert desk.safe.claimed == {}


async def test_a_host_in_trouble_is_left_alone_for_a_moment(desk: Desk) -> None:
    flaky = account(1, person("flaky-1-planted"))
    desk.safe.documents[1] = flaky.document
    first = await desk.failure(flaky)
    assert await desk.failure(flaky) is first
    assert desk.asked == 1
    desk.clock.advance(15)
    assert (await desk.tokens.fresh(flaky)).text
    assert desk.asked == 2


async def test_meanwhile_the_old_token_serves_while_it_lives(desk: Desk) -> None:
    token = await desk.tokens.fresh(ANNA)
    desk.upstream.fail("planted-refresh", "503")
    desk.clock.advance(3599 - 240)
    assert (await desk.tokens.fresh(ANNA)).text == token.text
    assert (await desk.tokens.fresh(ANNA)).text == token.text
    assert desk.asked == 2
    desk.clock.advance(200)
    assert "503" in (await desk.failure(ANNA)).reason


async def test_a_token_that_the_upstream_refused_is_not_used_again(desk: Desk) -> None:
    came = account(1, person(access_token="planted-stale", expires_at=NOW + timedelta(hours=1)))
    desk.safe.documents[1] = came.document
    assert (await desk.tokens.fresh(came)).text == "planted-stale"
    desk.tokens.discard(1, "planted-stale")
    assert (await desk.tokens.fresh(came)).text == desk.stored().access_token != "planted-stale"


async def test_a_credential_that_is_gone_is_not_refreshed(desk: Desk) -> None:
    await desk.tokens.fresh(ANNA)
    del desk.safe.documents[1]
    desk.tokens.forget(1)
    assert "removed" in (await desk.failure(ANNA)).reason
    assert desk.asked == 1


async def test_without_a_client_it_says_what_to_configure(desk: Desk) -> None:
    guest = account(1, person(client_id="", client_secret=""))
    desk.safe.documents[1] = guest.document
    desk.issuers = Issuers()
    assert "configure" in (await desk.failure(guest)).reason
    assert desk.asked == 0


async def test_closing_finishes_what_is_under_way(desk: Desk) -> None:
    rotating = account(1, person("rotating-planted"))
    desk.safe.documents[1] = rotating.document
    desk.upstream.fail("rotating-planted", "slow-0.05")
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(desk.tokens.fresh(rotating))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await desk.tokens.close()
    assert desk.stored().refresh_token != "rotating-planted"


async def test_nothing_shows_a_secret(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    revoked = account(3, person("revoked-planted"))
    desk.safe.documents[3] = revoked.document
    with caplog.at_level(logging.DEBUG):
        token = await desk.tokens.fresh(ANNA)
        await desk.tokens.fresh(ROBOT)
        failure = await desk.failure(revoked)
    shown = f"{token!r} {desk.tokens!r} {failure!r} {Unready(failure)!r} {ANNA!r} {caplog.text}"
    for secret in ("planted", token.text, "ya29", "PRIVATE", "eyJ"):
        assert secret not in shown
