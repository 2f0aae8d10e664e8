"""`/auth…` for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from credentials.kinds import Kind
from credentials.lending import invites
from credentials.lending.rules import Openness
from credentials.lending.states import State
from credentials.models import Contribution, Flow
from panel import bridge
from tests.support.console import Answer, Caller, Person
from tests.support.contributor import (
    BASE,
    KEY,
    House,
    configured,
    house,
    loop,
    provider,
    row,
    version,
)
from tests.support.oauthserver import Provider

__all__ = ["house", "loop", "provider"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]


@pytest.fixture
def call(house: House) -> Caller:
    return program()


def program() -> Caller:
    return Caller(Client(headers={"Accept": "application/json"}))


def said(**more: object) -> dict[str, object]:
    body = {"provider": "gemini", "method": "key", "terms": version(), "agree": True, "secret": KEY}
    return body | more


def account(provider: str = "acme", method: str = "page", **more: object) -> dict[str, object]:
    found = said(provider=provider, method=method, terms=version(Kind.PROVIDER_OAUTH), **more)
    del found["secret"]
    return found


def begun(call: Caller, **more: Any) -> Answer:
    return call("POST", "/auth/start", account(**more))


def test_what_may_be_lent_is_listed_with_its_terms(call: Caller) -> None:
    found = call("GET", "/auth", Accept_Language="zh-CN").body
    assert found["open"] == "open"
    ways = {(way["provider"], way["method"]): way for way in found["ways"]}
    assert {("gemini", "key"), ("acme", "page"), ("tv", "device")} <= ways.keys()
    terms = ways["acme", "page"]["terms"]
    assert (terms["version"], terms["language"]) == (version(Kind.PROVIDER_OAUTH), "zh-hans")
    assert terms["use"]
    assert terms["cost"]
    assert terms["back"]


def test_a_key_is_lent(call: Caller) -> None:
    answer = call("POST", "/auth/start", said(name="Ada", day_cap=5))
    assert (answer.status, answer.body["status"], answer.body["state"]) == (
        201,
        "done",
        State.QUARANTINED,
    )
    assert call.client.get(answer.body["receipt"]).status_code == 200
    assert (row().name, row().credential.lender_cap) == ("Ada", 5)
    assert KEY not in str(answer)


def test_one_that_does_not_work_says_why(call: Caller, house: House) -> None:
    house.ill = set(range(1, 1_000))
    found = call("POST", "/auth/start", said()).body
    assert (found["state"], found["error"]) == (State.REJECTED, "The key is unknown.")


def test_an_account_is_lent(call: Caller, provider: Provider) -> None:
    started = begun(call)
    assert (started.status, started.body["paste"]) == (201, False)
    status = f"/auth/status/{started.body['id']}"
    assert call("GET", status).body["status"] == "pending"
    address = provider.agree(started.body["url"])
    answer = call("GET", address.removeprefix(BASE))
    assert (answer.status, answer.body["state"]) == (201, State.QUARANTINED)
    assert call("GET", status).body["status"] == "done"
    assert "receipt" not in call("GET", status).body


@pytest.mark.parametrize("path", ["/auth/callback", "/auth/callback-url"])
def test_the_answer_may_be_brought_in_a_body(call: Caller, provider: Provider, path: str) -> None:
    address = provider.agree(begun(call).body["url"])
    query = dict(part.split("=", 1) for part in address.partition("?")[2].split("&"))
    body = {"url": address} if path.endswith("url") else {**query, "iss": provider.base}
    answer = call("POST", path, body)
    assert (answer.status, row().state) == (201, State.QUARANTINED)
    again = call("POST", path, body)
    assert (again.status, again.code) == (404, "stranger")


def test_another_session_has_no_flow(call: Caller, provider: Provider) -> None:
    started = begun(call).body
    stranger = program()
    body = {"url": provider.agree(started["url"])}
    assert stranger("POST", "/auth/callback-url", body).code == "stranger"
    assert stranger("GET", f"/auth/status/{started['id']}").status == 404
    assert not Contribution.objects.exists()


def test_a_code_is_polled_no_faster_than_allowed(call: Caller, provider: Provider) -> None:
    started = begun(call, provider="tv", method="device").body
    assert started["after"] == 5
    assert started["verification_uri"] in started["verification_uri_complete"]
    path = f"/auth/status/{started['id']}"
    provider.enter(started["user_code"])
    waiting = call("GET", path).body
    assert (waiting["status"], waiting["after"] > 0) == ("pending", True)
    Flow.objects.update(next_poll_at=timezone.now())
    answer = call("GET", path)
    assert (answer.status, answer.body["state"]) == (201, State.QUARANTINED)


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"agree": False}, 400, "invalid_request"),
        ({"terms": "old"}, 409, "terms"),
        ({"secret": ""}, 400, "invalid_request"),
        ({"secret": "two words"}, 400, "secret"),
        ({"provider": "nobody"}, 400, "invalid_request"),
        ({"method": "page"}, 400, "invalid_request"),
        ({"method": "magic"}, 400, "invalid_request"),
        ({"day_cap": -1}, 400, "invalid_request"),
        ({"reward_key": "1"}, 400, "invalid_request"),
        ({"reward_key_id": 1}, 400, "invalid_request"),
        ({"purpose": "console"}, 400, "invalid_request"),
        ({"name": "Ada\u202e"}, 400, "unseen"),
        ({"language": "fr"}, 400, "invalid_request"),
    ],
)
def test_what_is_wrong_has_a_code(
    call: Caller, more: dict[str, object], status: int, code: str
) -> None:
    answer = call("POST", "/auth/start", said(**more))
    assert (answer.status, answer.code) == (status, code)
    assert KEY not in str(answer.body)
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("path", ["/auth/start", "/auth/callback", "/auth/callback-url"])
@pytest.mark.parametrize("body", [None, [], "x", {"url": "x" * 9_000}, {"state": 1}])
def test_a_body_of_any_shape_is_a_clear_error(call: Caller, path: str, body: object) -> None:
    assert call("POST", path, body).status == 400


def test_a_key_is_lent_once(call: Caller, alice: Person) -> None:
    assert call("POST", "/auth/start", said(reward_key=alice.secret)).status == 201
    assert row().reward_key_id == alice.id
    answer = call("POST", "/auth/start", said())
    assert (answer.status, answer.code) == (409, "known")


def test_an_invite_is_needed_where_it_is(call: Caller) -> None:
    (code,) = invites.create(settings.POTLUCK_PEPPER, count=1, uses=1, days=1, now=timezone.now())
    with configured(contributions=Openness.INVITE):
        assert call("POST", "/auth/start", said()).code == "invite"
        assert call("POST", "/auth/start", said(invite=code)).status == 201


def test_a_closed_house_offers_nothing(call: Caller) -> None:
    with configured(contributions=Openness.OFF):
        assert call("GET", "/auth").body == {"open": "off", "ways": []}
        assert call("POST", "/auth/start", said()).status == 400


def test_without_a_running_gateway_it_says_so(call: Caller) -> None:
    bridge.install(None)
    answer = begun(call)
    assert (answer.status, answer.code) == (503, "gateway_not_running")


def test_starts_come_at_a_pace(call: Caller) -> None:
    answers = [call("POST", "/auth/start", {}) for _ in range(31)]
    assert [each.status for each in answers] == [400] * 30 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Accept": "application/json"}, "application/json"),
        ({"Accept": "text/html,application/json;q=0.9"}, "text/html"),
        ({"Accept": "*/*"}, "text/html"),
        ({}, "text/html"),
    ],
)
def test_browsers_get_pages(headers: dict[str, str], kind: str) -> None:
    for path in ("/auth", "/auth/status/none", "/auth/callback?state=x&code=y"):
        answer = Client().get(path, headers=headers)
        assert answer["Content-Type"].startswith(kind)


def test_a_form_cannot_pass_for_a_program() -> None:
    client = Client(enforce_csrf_checks=True)
    body = {"provider": "gemini", "secret": KEY}
    accept = {"Accept": "application/json"}
    assert client.post("/auth/start", body, headers=accept).status_code == 415
    assert client.post("/auth/start", body).status_code == 403
