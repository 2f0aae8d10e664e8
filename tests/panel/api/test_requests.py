from __future__ import annotations

import json
from typing import Any

import pytest

from keys import requests
from panel.api import schema
from tests.support.console import Caller, Person
from tests.support.records import NOON, record

pytestmark = pytest.mark.django_db

LIST = "/usage/requests"


def ids(body: Any) -> list[str]:
    return [each["request_id"] for each in body["requests"]]


def test_the_log_is_paged_newest_first(admin: Caller) -> None:
    for number in range(5):
        record(f"r{number}", ago=number)
    first = admin("GET", f"{LIST}?limit=3").body
    assert ids(first) == ["r0", "r1", "r2"]
    rest = admin("GET", f"{LIST}?limit=3&cursor={first['next']}").body
    assert (ids(rest), rest["next"], rest["searched"]) == (["r3", "r4"], None, None)


def test_a_request_is_told_in_full(admin: Caller, alice: Person) -> None:
    record("r1", key_id=alice.id, cached_tokens=None, dropped="seed")
    [found] = admin("GET", LIST).body["requests"]
    assert found["at"] == "2026-11-21T12:00:00Z"
    assert (found["key_id"], found["units"], found["cached_tokens"]) == (alice.id, 10, None)
    assert (found["status"], found["stream"], found["dropped"]) == (200, False, "seed")


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-11-21T20:00:00%2B08:00",
        "key={key}",
        "model=flash",
        "credential=9",
        "provider=openai",
        "dialect=anthropic",
        "ended=failed",
        "status=502",
        "error_code=upstream_failed",
        "slower=1999",
        "stream=true",
        "dropped=true",
        "request_id=other",
        "address=2001:",
    ],
)
def test_it_is_narrowed(admin: Caller, alice: Person, query: str) -> None:
    record("usual", ago=5)
    record(
        "other",
        key_id=alice.id,
        model="gemini-2.5-flash",
        credential_id=9,
        provider="openai",
        upstream_dialect="anthropic",
        status=502,
        error_code="upstream_failed",
        duration_ms=2_000,
        stream=True,
        dropped="seed",
        address="2001:db8::1",
    )
    assert ids(admin("GET", f"{LIST}?{query.format(key=alice.id)}").body) == ["other"]


def test_without_filters_nothing_is_left_out(admin: Caller) -> None:
    record("streamed", stream=True, dropped="seed")
    record("whole", ago=1)
    assert ids(admin("GET", LIST).body) == ["streamed", "whole"]
    assert ids(admin("GET", f"{LIST}?stream=false").body) == ["whole"]


def test_a_long_search_says_how_far_it_came(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = requests.page
    monkeypatch.setattr(requests, "page", lambda *a, **k: whole(*a, **k, reach=1))
    record("new")
    record("old", ago=7)
    first = admin("GET", f"{LIST}?status=404").body
    assert (first["requests"], first["searched"]) == ([], "2026-11-21T11:59:53Z")
    assert admin("GET", f"{LIST}?status=404&cursor={first['next']}").body["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        *("cursor=odd", "status=99", "status=x", "limit=0", "limit=501", "since=soon", "key=0"),
        *("key=" + "9" * 30, "slower=-1", "ended=well", "odd=1", "model=%00", "model=" + "x" * 201),
    ],
)
def test_what_cannot_be_read_is_refused(admin: Caller, query: str) -> None:
    answer = admin("GET", f"{LIST}?{query}")
    assert (answer.status, answer.code) == (400, "invalid_request")


def test_one_request_tells_who_was_asked(admin: Caller) -> None:
    tried = [[4, "a", "RateLimited", "429: wait", 0.5], [5, "b", "Succeeded", "", 1.0]]
    record("r1", attempts=json.dumps(tried), at=NOON)
    found = admin("GET", f"{LIST}/r1").body
    assert found["request_id"] == "r1"
    assert found["attempts"] == [
        {
            "credential_id": number,
            "credential_label": label,
            "result": result,
            "reason": reason,
            "seconds": seconds,
        }
        for number, label, result, reason, seconds in tried
    ]


def test_what_is_not_there_is_not_found(admin: Caller) -> None:
    answer = admin("GET", f"{LIST}/nothing")
    assert (answer.status, answer.code) == (404, "not_found")


def test_it_is_the_administrators(visitor: Caller, alice: Person) -> None:
    record("r1", key_id=alice.id)
    for path in (LIST, f"{LIST}/r1"):
        assert visitor("GET", path).status == 401
        assert alice.call("GET", path).status in (401, 403)


@pytest.mark.usefixtures("console")
def test_the_reference_names_every_filter() -> None:
    said = schema.document()["paths"][LIST]["get"]
    names = {each["name"] for each in said["parameters"]}
    assert names >= {"since", "until", "key", "model", "status", "error_code", "limit", "cursor"}
