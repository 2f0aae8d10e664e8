"""Credentials as the administrator lists, reads and changes them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from credentials import health, history, store
from credentials.health import Health, Policy, RateLimited, Refused
from credentials.history import Mishap
from credentials.kinds import Source
from credentials.models import Credential
from tests.support.console import Caller
from tests.support.pool import PLANTED, FakeGateway, Note, add, gateway, lend, trail, vault

__all__ = ["gateway", "trail"]

pytestmark = pytest.mark.django_db

SOON = timedelta(minutes=5)


def learn(id: int, outcome: health.Outcome) -> None:
    now = timezone.now()
    known = health.after(Health(), outcome, Policy(strikes_to_ban=1), sent_at=now, now=now)
    Credential.objects.filter(pk=id).update(**store.columns(known, now))


def listed(admin: Caller, query: str = "") -> list[str]:
    answer = admin("GET", f"/creds/status?sort=id&{query}")
    assert answer.status == 200, answer.body
    assert answer.body["total"] == len(answer.body["creds"])
    return [each["label"] for each in answer.body["creds"]]


def test_a_list_has_counts_of_all_and_pages(admin: Caller) -> None:
    ids = [add(label) for label in ("one", "two", "three")]
    learn(ids[0], Refused("API_KEY_INVALID"))
    first = admin("GET", "/creds/status?limit=2&state=healthy,banned").body
    assert [each["label"] for each in first["creds"]] == ["three", "two"]
    assert first["counts"]["states"] == {
        "healthy": 2,
        "cooling": 0,
        "banned": 1,
        "off": 0,
        "held": 0,
    }
    assert (first["total"], first["counts"]["total"]) == (3, 3)
    last = admin("GET", f"/creds/status?limit=2&cursor={first['next']}").body
    assert [each["label"] for each in last["creds"]] == ["one"]
    assert last["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["one", "two", "account"]),
        ("kind=code_assist", ["account"]),
        ("kind=code_assist,gemini_api", ["one", "two", "account"]),
        ("provider=GEMINI", ["one", "two"]),
        ("state=banned", ["one"]),
        ("state=cooling", ["two"]),
        ("error_code=429", ["two"]),
        ("cooling=gemini-2.5-pro", ["account"]),
        ("search=acc", ["account"]),
        ("source=manual", ["one", "two", "account"]),
        ("source=env", []),
    ],
)
def test_a_list_is_narrowed_by_its_address(admin: Caller, query: str, found: list[str]) -> None:
    learn(add("one"), Refused("API_KEY_INVALID"))
    two = add("two")
    learn(two, RateLimited(None, SOON))
    learn(lend(), RateLimited("gemini-2.5-pro", SOON))
    errors = history.merged([], [Mishap(timezone.now(), 429, "QUOTA", "slow down")])
    Credential.objects.filter(pk=two).update(errors=errors)
    assert listed(admin, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "kind=claude",
        "state=tired",
        "source=stolen",
        "error_code=99",
        "error_code=many",
        "sort=secret",
        "limit=0",
        "limit=501",
        "cursor=x",
        "cursor=" + "x" * 401,
        "search=" + "x" * 201,
        "search=%00",
        "wanted=1",
    ],
)
def test_a_list_of_what_cannot_be_is_refused(admin: Caller, query: str) -> None:
    answer = admin("GET", f"/creds/status?{query}")
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert query.partition("=")[0] in answer.body["error"]["fields"]


def test_a_line_says_what_is_to_be_known(admin: Caller) -> None:
    id = add("one", extra={"email": "a@b.test", "project": "p-1"})
    learn(id, RateLimited(None, SOON, reason="QUOTA"))
    (line,) = admin("GET", "/creds/status").body["creds"]
    assert line["filename"] == f"{id}-gemini-gemini_api.json"
    assert (line["state"], line["reason"], line["risk"]) == ("cooling", "QUOTA", "key")
    assert line["until"] > timezone.now().isoformat()
    assert (line["email"], line["project"]) == ("a@b.test", "p-1")
    assert (line["calls"], line["day_cap"], line["last_error"]) == (0, 0, None)
    assert line["cooling_models"] == []


@pytest.mark.parametrize("name", ["{id}", "{id}-gemini-gemini_api.json"])
def test_one_is_read_by_its_id_or_its_file(admin: Caller, name: str) -> None:
    id = add("one")
    answer = admin("GET", f"/creds/{name.format(id=id)}")
    assert (answer.status, answer.body["label"]) == (200, "one")
    assert answer.body["errors"] == []


@pytest.mark.parametrize(
    "name",
    ["999", "1e3", "0", "9" * 18, "9" * 30, "²", "one", "ID-other-file.json", "ID-", "-1", "%00"],
)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_what_is_not_there_is_not_found(admin: Caller, method: str, name: str) -> None:
    name = name.replace("ID", str(add("one")))
    answer = admin(method, f"/creds/{name}", None if method == "GET" else {})
    assert (answer.status, answer.code) == (404, "not_found")


def test_what_a_person_may_set_is_set_and_noted(admin: Caller, trail: list[Note]) -> None:
    id = add("one")
    wanted = {
        "label": " Ann's\u202e key\n",
        "weight": 3,
        "minute_cap": 5,
        "day_cap": 100,
        "pro_cap": 7,
        "base_url": "https://proxy.test/v1/",
    }
    found = admin("PATCH", f"/creds/{id}", wanted).body
    told = wanted | {"label": "Ann's\u202e key", "base_url": "https://proxy.test/v1"}
    assert {name: found[name] for name in wanted} == told
    (note,) = trail
    assert note[:2] == ("credential.edit", f"credential {id}")
    assert (note.before["label"], note.after) == ("one", told)


def test_a_change_of_nothing_is_not_noted(admin: Caller, trail: list[Note]) -> None:
    id = add("one")
    assert admin("PATCH", f"/creds/{id}", {"label": "one", "weight": 1}).status == 200
    assert admin("PATCH", f"/creds/{id}", {}).status == 200
    assert trail == []


def test_a_proxy_keeps_its_password_to_itself(admin: Caller, trail: list[Note]) -> None:
    id, url = add("one"), f"http://user:{PLANTED}@proxy.test:3128"
    found = admin("PATCH", f"/creds/{id}", {"proxy": url}).body
    assert (found["proxy"], found["has_proxy"]) == ("http://proxy.test:3128", True)
    assert vault().open(Credential.objects.get().sealed_proxy.encode()) == url
    assert trail[0].after == {"proxy": "http://proxy.test:3128"}
    # Only its password is another one: that is told, too.
    admin("PATCH", f"/creds/{id}", {"proxy": url.replace("user", "other")})
    assert len(trail) == 2
    assert admin("PATCH", f"/creds/{id}", {"proxy": ""}).body["has_proxy"] is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weight", 0),
        ("weight", 1001),
        ("weight", "heavy"),
        ("weight", None),
        ("minute_cap", -1),
        ("day_cap", 10**7),
        ("pro_cap", 10**400),
        ("label", "x" * 201),
        ("label", ["x"]),
        ("proxy", "ftp://proxy.test:1"),
        ("proxy", f"{PLANTED}://"),
        ("base_url", "file:///etc/passwd"),
        ("base_url", "https://user:pass@x.test"),
        ("base_url", "https://[::1"),
        ("secret", "another"),
        ("enabled", False),
        ("calls", 0),
    ],
)
def test_what_cannot_be_is_refused_and_named(admin: Caller, field: str, value: Any) -> None:
    id = add("one")
    answer = admin("PATCH", f"/creds/{id}", {field: value, "weight": 5} | {field: value})
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert field in answer.body["error"]["fields"]
    assert PLANTED not in str(answer.body)
    assert Credential.objects.get().weight == 1


def test_an_account_s_token_goes_to_its_own_provider_only(admin: Caller) -> None:
    id = lend()
    answer = admin("PATCH", f"/creds/{id}", {"base_url": "https://elsewhere.test"})
    assert "base_url" in answer.body["error"]["fields"]
    assert admin("PATCH", f"/creds/{id}", {"base_url": "", "weight": 2}).status == 200


def test_the_day_is_that_of_the_running_gateway(admin: Caller, gateway: FakeGateway) -> None:
    id = add("one")
    day = gateway.calendar.day(timezone.now())
    Credential.objects.filter(pk=id).update(day=day, calls=3)
    found = admin("GET", f"/creds/{id}").body
    end = gateway.calendar.end(day).isoformat().replace("+00:00", "Z")
    assert (found["calls"], found["reset_at"]) == (3, end)


def test_without_one_it_is_that_of_the_settings(admin: Caller) -> None:
    assert settings.POTLUCK.quota_reset_zone == "America/Los_Angeles"
    assert admin("GET", f"/creds/{add('one')}").body["reset_at"].endswith((":00:00Z", ":00Z"))


def test_a_lent_secret_is_not_sent_where_somebody_reads_it(admin: Caller) -> None:
    id = add("anna@mail.test", source=Source.CONTRIBUTED)
    answer = admin("PATCH", f"/creds/{id}", {"base_url": "http://127.0.0.1:9999"})
    assert (answer.status, answer.code) == (409, "contributed")
    assert admin("PATCH", f"/creds/{id}", {"proxy": "http://127.0.0.1:9999"}).status == 200
    assert Credential.objects.get().base_url == ""


def test_what_waits_for_a_decision_is_held_and_not_off(admin: Caller) -> None:
    id = add("one", source=Source.CONTRIBUTED)
    Credential.objects.filter(pk=id).update(enabled=False, held=True)
    found = admin("GET", "/creds/status?state=held").body
    assert [each["state"] for each in found["creds"]] == ["held"]
    assert (found["counts"]["states"]["held"], found["counts"]["states"]["off"]) == (1, 0)
