"""Projects found out from the simulated Code Assist service."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from credentials.bearer import Account, Failure, Unready
from credentials.health import RateLimited, Refused
from credentials.projects import Projects
from credentials.web import Web, client
from gateway.simulator.code_assist import PROJECT
from tests.credentials.fakes import Clock, FakeSafe, account, person
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

ANNA = account(1, person())


class Desk:
    def __init__(self, upstream: Upstream, web: Web) -> None:
        self.upstream = upstream
        self.safe = FakeSafe(ANNA)
        self.projects = Projects(upstream.base, self.safe, web, Clock(), interval=0.0, looks=3)

    async def failure(self, token: str, account: Account = ANNA) -> Failure:
        with pytest.raises(Unready) as caught:
            await self.projects.find(account, token)
        return caught.value.failure

    @property
    def asked(self) -> list[str]:
        return [each.path.removeprefix("/v1internal") for each in self.upstream.requests]


@pytest.fixture
async def desk(upstream: Upstream) -> AsyncIterator[Desk]:
    web = Web(partial(client, "potluck/test"))
    desk = Desk(upstream, web)
    yield desk
    await desk.projects.close()
    await web.close()


async def test_an_account_has_a_project_already(desk: Desk) -> None:
    assert await desk.projects.find(ANNA, "planted-token") == PROJECT
    assert desk.asked == [":loadCodeAssist"]
    assert desk.safe.projects == {1: PROJECT}
    assert desk.upstream.last.headers["user-agent"] == "potluck/test"


async def test_it_is_found_out_once(desk: Desk) -> None:
    desk.upstream.fail("planted-token", "slow-0.02")
    await asyncio.gather(*(desk.projects.find(ANNA, "planted-token") for _ in range(50)))
    await desk.projects.find(ANNA, "planted-token")
    assert len(desk.asked) == 1


async def test_what_is_stored_is_not_asked_for(desk: Desk) -> None:
    assert await desk.projects.find(account(1, person(), project="mine"), "t") == "mine"
    assert desk.asked == []


async def test_a_newcomer_is_onboarded(desk: Desk) -> None:
    assert await desk.projects.find(ANNA, "new-planted") == PROJECT
    first, second, third = desk.asked
    assert (first, second) == (":loadCodeAssist", ":onboardUser")
    assert third.startswith("/operations/onboard-")
    assert desk.upstream.requests[1].json["tierId"] == "free-tier"


async def test_the_typed_project_is_the_last_resort(desk: Desk) -> None:
    typed = account(1, person(project="typed-project"))
    desk.upstream.replay("planted-token", b'{"currentTier": {"id": "standard-tier"}}')
    assert await desk.projects.find(typed, "planted-token") == "typed-project"
    assert desk.upstream.bodies[0]["cloudaicompanionProject"] == "typed-project"


async def test_a_project_s_number_is_refused(desk: Desk) -> None:
    typed = account(1, person(project="1234567"))
    desk.upstream.replay("planted-token", b'{"currentTier": {"id": "standard-tier"}}')
    failure = await desk.failure("planted-token", typed)
    assert "not by its number" in failure.reason
    assert "cloudaicompanionProject" not in desk.upstream.bodies[0]


async def test_vpc_service_controls_count_as_the_standard_tier(desk: Desk) -> None:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo"}
    details = [{**info, "reason": "SECURITY_POLICY_VIOLATED"}]
    body = json.dumps({"error": {"code": 403, "details": details}}).encode()
    desk.upstream.replay("planted-token", body, status=403)
    typed = account(1, person(project="typed-project"))
    assert await desk.projects.find(typed, "planted-token") == "typed-project"


async def test_an_ineligible_account_is_refused_with_the_reason(desk: Desk) -> None:
    failure = await desk.failure("ineligible-planted")
    assert isinstance(failure.outcome, Refused)
    assert (failure.outcome.code, failure.outcome.final) == (403, False)
    assert failure.reason == "The account cannot use Code Assist: this account may not use it."


async def test_one_to_be_validated_is_told_where(desk: Desk) -> None:
    desk.upstream.fail("planted-token", "403-validation")
    failure = await desk.failure("planted-token")
    assert "https://accounts.google.com/verify" in failure.reason


async def test_a_refused_token_is_said_to_be_one(desk: Desk) -> None:
    desk.upstream.fail("planted-token", "401")
    failure = await desk.failure("planted-token")
    assert isinstance(failure.outcome, Refused)
    assert failure.outcome.code == 401


@pytest.mark.parametrize("behaviour", ["500", "503", "429-bare", "garbage", "cut", "404"])
async def test_the_service_s_trouble_is_not_the_account_s(desk: Desk, behaviour: str) -> None:
    desk.upstream.fail("planted-token", behaviour)
    failure = await desk.failure("planted-token")
    assert isinstance(failure.outcome, RateLimited)
    assert failure.outcome.retry_after == timedelta(seconds=15)
    assert desk.safe.projects == {}


async def test_an_onboarding_without_end_is_given_up(desk: Desk) -> None:
    # One answer for all three questions: a tier on offer, and an operation that is never done.
    offer = {"allowedTiers": [{"id": "free-tier", "isDefault": True}], "name": "operations/x"}
    desk.upstream.replay("planted-token", json.dumps(offer).encode())
    failure = await desk.failure("planted-token")
    assert "does not come to an end" in failure.reason
    assert desk.asked[-1] == "/operations/x"


async def test_a_slow_onboarding_does_not_hold_a_request(upstream: Upstream) -> None:
    web = Web(partial(client, "potluck/test"))
    safe = FakeSafe(ANNA)
    projects = Projects(upstream.base, safe, web, Clock(), interval=60.0, patience=0.1)
    with pytest.raises(Unready, match="still setting the account up"):
        await projects.find(ANNA, "new-planted")
    await projects.close()
    await web.close()


async def test_a_database_that_is_away_does_not_lose_it(desk: Desk) -> None:
    desk.safe.away = 1
    assert await desk.projects.find(ANNA, "planted-token") == PROJECT
    assert await desk.projects.find(ANNA, "planted-token") == PROJECT
    assert len(desk.asked) == 1


async def test_nothing_shows_a_token(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        failure = await desk.failure("ineligible-planted")
        await desk.projects.find(ANNA, "planted-token")
    assert "planted" not in f"{failure!r} {caplog.text}"
