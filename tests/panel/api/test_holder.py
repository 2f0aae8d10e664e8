from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from keys import services
from keys.models import ApiKey
from tests.support.console import Caller, Person
from tests.support.namebook import Running, running

__all__ = ["running"]

pytestmark = pytest.mark.django_db


def test_a_holder_sees_what_is_left(alice: Person) -> None:
    ApiKey.objects.filter(pk=alice.id).update(used=25)
    body = alice.call("GET", "/auth/quota").body
    assert (body["total_quota"], body["used_quota"], body["remaining_quota"]) == (100, 25, 75)
    assert body["usage_percentage"] == 25.0
    assert body["model_stats"] == {}
    assert alice.secret not in str(body)


def test_what_was_used_just_now_is_in_the_figures(
    visitor: Caller, alice: Person, running: Running
) -> None:
    alice.call("GET", "/auth/quota")
    visitor("POST", "/auth/query", {"api_key": alice.secret})
    visitor.client.post("/api-key-query", {"api_key": alice.secret})
    assert running.settled == 3


@pytest.mark.parametrize("path", ["/auth/quota", "/auth/quota/usage"])
def test_an_app_of_another_site_may_ask_with_a_key(alice: Person, path: str) -> None:
    headers = {"Origin": "https://chat.example", "Access-Control-Request-Method": "GET"}
    asked = Client().options(path, headers=headers)
    assert (asked.status_code, asked.content) == (204, b"")
    assert asked["Access-Control-Allow-Headers"] == "*, authorization"
    for answer in (alice.call("GET", path), alice.call("GET", f"{path}?x=1"), asked):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
    refused = Client().get(path)
    assert (refused.status_code, refused["Access-Control-Allow-Origin"]) == (401, "*")


def test_what_only_the_administrator_knows_is_not_shown(alice: Person) -> None:
    services.edit(alice.id, owner="zhang@example.org", networks=("192.0.2.0/24",))
    body = alice.call("GET", "/auth/quota").body
    assert not {"owner", "created_by", "flagged_at", "flag_reason", "networks"} & body.keys()


def test_it_tells_of_the_day(alice: Person) -> None:
    services.edit(alice.id, daily_quota=10, time_zone="Asia/Shanghai")
    body = alice.call("GET", "/auth/quota").body
    assert (body["daily_quota"], body["daily_used"], body["daily_remaining"]) == (10, 0, 10)
    assert body["reset_at"].endswith("T16:00:00Z")


@pytest.mark.parametrize(
    "columns",
    [
        {"used": 100},
        {"enabled": False},
        {"expires_at": timezone.now() - timedelta(days=1)},
    ],
    ids=["exhausted", "off", "expired"],
)
def test_it_works_for_a_key_that_does_not(alice: Person, columns: dict[str, Any]) -> None:
    ApiKey.objects.filter(pk=alice.id).update(**columns)
    assert alice.call("GET", "/auth/quota").status == 200


@pytest.mark.parametrize("name", ["X_API_Key", "X_Goog_API_Key", "Authorization"])
def test_a_key_is_taken_where_the_model_api_takes_it(
    console: Client, alice: Person, name: str
) -> None:
    assert Caller(console)("GET", "/auth/quota", **{name: alice.secret}).status == 200


@pytest.mark.parametrize("path", ["/auth/quota", "/auth/quota/usage"])
@pytest.mark.parametrize("sent", ["", "Bearer sk-" + "a" * 43, "Bearer correct-horse", "Bearer "])
def test_without_a_key_there_is_nothing_to_see(console: Client, path: str, sent: str) -> None:
    answer = Caller(console, sent)("GET", path)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_query_carries_the_key_in_its_body(visitor: Caller, alice: Person) -> None:
    answer = visitor("POST", "/auth/query", {"api_key": alice.secret})
    assert answer.status == 200
    assert answer.body == alice.call("GET", "/auth/quota").body
    assert answer.body["description"] == "Alice"
    assert "created_at" in answer.body


@pytest.mark.parametrize("text", ["sk-" + "a" * 43, "sk-short", "x", "1"])
def test_an_unknown_key_is_not_found(visitor: Caller, alice: Person, text: str) -> None:
    answer = visitor("POST", "/auth/query", {"api_key": text})
    assert (answer.status, answer.code) == (404, "not_found")


def test_a_key_in_the_address_is_no_key(visitor: Caller, alice: Person) -> None:
    assert visitor("GET", f"/auth/quota?key={alice.secret}").status == 401


def test_queries_have_a_pace(visitor: Caller, alice: Person) -> None:
    body = {"api_key": "sk-" + "a" * 43}
    said = [visitor("POST", "/auth/query", body) for _ in range(32)]
    assert said[0].status == 404
    assert (said[-1].status, said[-1].code) == (429, "rate_limited")
    assert int(said[-1].headers["Retry-After"]) >= 1
