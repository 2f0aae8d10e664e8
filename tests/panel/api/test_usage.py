"""What credentials did today, and what they may do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from credentials import history
from credentials.history import Mishap
from credentials.models import Credential
from tests.support.console import Caller
from tests.support.pool import PLANTED, FakeGateway, Note, add, gateway, lend, trail

__all__ = ["gateway", "trail"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(gateway: FakeGateway) -> tuple[int, int]:
    """Two that were used, one of them today."""
    now = timezone.now()
    today, before = add("today"), add("before", "groq")
    day = gateway.calendar.day(now)
    Credential.objects.update(day=day, calls=7, served=5, pro_calls=2, day_cap=10)
    Credential.objects.filter(pk=before).update(day=day.replace(year=2020))
    return today, before


def test_each_has_its_day(admin: Caller, used: tuple[int, int]) -> None:
    found = admin("GET", "/usage/stats?sort=-calls").body
    assert [(each["label"], each["calls"], each["day_cap"]) for each in found["creds"]] == [
        ("today", 7, 10),
        ("before", 0, 10),
    ]
    assert (found["total"], found["next"]) == (2, None)
    assert found["creds"][0]["reset_at"] > timezone.now().isoformat()
    assert admin("GET", "/usage/stats?provider=groq").body["total"] == 1
    assert admin("GET", "/usage/stats?cursor=x").code == "invalid_request"


def test_all_together_have_theirs(admin: Caller, used: tuple[int, int]) -> None:
    add("off")
    Credential.objects.filter(label="off").update(enabled=False, day_cap=99)
    found = admin("GET", "/usage/aggregated").body
    one = {
        "credentials": 2,
        "calls": 7,
        "served": 5,
        "pro_calls": 2,
        "day_cap": 10,
        "uncapped": 0,
    }
    assert found["providers"]["gemini"] == one
    assert found["total"] == one | {"credentials": 3, "day_cap": 20}


def test_an_empty_pool_has_done_nothing(admin: Caller) -> None:
    found = admin("GET", "/usage/aggregated").body
    assert (found["total"]["credentials"], found["providers"]) == (0, {})


def test_the_named_caps_are_set(admin: Caller, used: tuple[int, int], trail: list[Note]) -> None:
    body = {"ids": [used[0], 999], "day_cap": 3, "minute_cap": 1}
    found = admin("POST", "/usage/update-limits", body).body
    assert (found["success_count"], [each["id"] for each in found["errors"]]) == (1, [999])
    row = Credential.objects.get(pk=used[0])
    assert (row.minute_cap, row.day_cap, row.pro_cap, row.calls) == (1, 3, 0, 7)
    assert Credential.objects.get(pk=used[1]).day_cap == 10
    caps = {"day_cap": 3, "minute_cap": 1}
    before = {"day_cap": 10, "minute_cap": 0}
    assert trail == [Note("credential.limit", f"credential {used[0]}", before, caps)]
    assert admin("GET", f"/creds/{used[0]}").body["state"] == "cooling"


def test_counts_begin_anew(admin: Caller, used: tuple[int, int], trail: list[Note]) -> None:
    names = [f"{used[0]}-gemini-gemini_api.json"]
    assert admin("POST", "/usage/reset", {"filenames": names}).body["success_count"] == 1
    counts = Credential.objects.order_by("pk").values_list("calls", "served", "pro_calls")
    assert list(counts) == [(0, 0, 0), (7, 5, 2)]
    assert (trail[0].action, trail[0].before["calls"]) == ("credential.reset", 7)


@pytest.mark.parametrize(
    ("path", "more", "column", "value"),
    [("update-limits", {"pro_cap": 4}, "pro_cap", 4), ("reset", {}, "calls", 0)],
)
def test_all_can_be_meant(
    admin: Caller,
    used: tuple[int, int],
    trail: list[Note],
    path: str,
    more: dict[str, int],
    column: str,
    value: int,
) -> None:
    found = admin("POST", f"/usage/{path}", {"all": True, **more}).body
    assert found == {"success_count": 2, "total_count": 2, "errors": []}
    assert set(Credential.objects.values_list(column, flat=True)) == {value}
    ((_, target, _, after),) = trail
    assert (target, after["count"]) == ("all credentials", 2)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"all": False},
        {"all": True, "ids": [1]},
        {"ids": []},
        {"ids": [1], "filenames": ["1"]},
        {"ids": [1], "calls": 5},
    ],
)
@pytest.mark.parametrize("path", ["update-limits", "reset"])
def test_who_is_meant_must_be_said(admin: Caller, path: str, body: dict[str, Any]) -> None:
    add("one")
    more = {"day_cap": 1} if path == "update-limits" else {}
    assert admin("POST", f"/usage/{path}", {**body, **more}).code == "invalid_request"


@pytest.mark.parametrize(
    "caps", [{}, {"day_cap": -1}, {"day_cap": 10**7}, {"minute_cap": "many"}, {"pro_cap": None}]
)
def test_a_cap_is_a_number_within_reason(admin: Caller, caps: dict[str, Any]) -> None:
    assert admin("POST", "/usage/update-limits", {"all": True, **caps}).code == "invalid_request"


@pytest.mark.usefixtures("gateway")
def test_no_answer_and_no_note_has_a_secret(admin: Caller, trail: list[Note]) -> None:
    key, account = add("key"), lend()
    admin("PATCH", f"/creds/{key}", {"proxy": f"http://u:{PLANTED}@proxy.test:1"})
    words = f"the key {PLANTED} is unknown"
    errors = history.merged([], [Mishap(timezone.now(), 401, excerpt=history.redacted(words))])
    Credential.objects.update(errors=errors)
    both = {"ids": [key, account]}
    heard = [
        admin("GET", "/creds/status"),
        admin("GET", f"/creds/status?search={PLANTED[:12]}"),
        *(admin("GET", f"/creds/{id}") for id in (key, account)),
        admin("GET", "/usage/stats"),
        admin("GET", "/usage/aggregated"),
        admin("PATCH", f"/creds/{key}", {"label": "again"}),
        *(
            admin("POST", "/creds/action", {"id": account, "action": action})
            for action in ("disable", "enable", "pardon", "test", "refresh")
        ),
        admin("POST", "/creds/batch-action", both | {"action": "test"}),
        admin("POST", f"/creds/fetch-email/{account}"),
        admin("POST", "/creds/refresh-all-emails", {"known": True}),
        admin("POST", "/usage/update-limits", both | {"day_cap": 5}),
        admin("POST", "/usage/reset", both),
        admin("GET", "/auth/env-creds-status"),
        admin("POST", "/auth/load-env-creds"),
        admin("POST", "/creds/batch-action", both | {"action": "delete"}),
        admin("DELETE", "/auth/env-creds"),
    ]
    assert {answer.status for answer in heard} == {200}
    assert PLANTED not in json.dumps([answer.body for answer in heard])
    assert len(trail) > 10
    assert PLANTED not in repr(trail)
