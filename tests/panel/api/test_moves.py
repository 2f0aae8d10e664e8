from __future__ import annotations

from typing import Any

import pytest

from keys.models import ApiKey
from tests.support.console import Caller, Person

pytestmark = pytest.mark.django_db


def spent(person: Person, units: int) -> None:
    ApiKey.objects.filter(pk=person.id).update(used=units)


@pytest.mark.parametrize(
    ("verb", "body", "total", "used", "kind", "units"),
    [
        ("grant", {"units": 5, "reason": "thanks"}, 105, 40, "grant", 5),
        ("withdraw", {"units": 5, "reason": "thanks"}, 95, 40, "withdrawal", -5),
        ("refund", {"units": 5, "reason": "thanks"}, 100, 35, "refund", 5),
        ("reset", {"reason": "thanks"}, 100, 0, "reset", 40),
        ("resize", {"total_quota": 40, "reason": "thanks"}, 40, 40, "withdrawal", -60),
    ],
)
def test_a_move_is_in_the_balance_and_in_the_ledger(
    admin: Caller,
    alice: Person,
    verb: str,
    body: dict[str, Any],
    total: int,
    used: int,
    kind: str,
    units: int,
) -> None:
    spent(alice, 40)
    answer = admin("POST", f"/auth/keys/{alice.id}/{verb}", body)
    assert answer.status == 200
    assert (answer.body["total_quota"], answer.body["used_quota"]) == (total, used)
    entry = admin("GET", f"/auth/keys/{alice.id}/ledger").body["entries"][0]
    assert (entry["kind"], entry["units"], entry["reason"]) == (kind, units, "thanks")
    assert entry["balance"] == total - used


def test_a_day_is_given_again(admin: Caller, alice: Person) -> None:
    assert admin("POST", f"/auth/keys/{alice.id}/renew", {"reason": "outage"}).status == 200


@pytest.mark.parametrize(
    ("verb", "body", "status", "code"),
    [
        ("grant", {"units": 0}, 400, "invalid_request"),
        ("grant", {"units": -5}, 400, "invalid_request"),
        ("grant", {"units": 1.5}, 400, "invalid_request"),
        ("grant", {"units": 10**15}, 400, "invalid_request"),
        ("grant", {}, 400, "invalid_request"),
        ("grant", {"units": 1, "used_quota": 0}, 400, "invalid_request"),
        ("withdraw", {"units": 61}, 409, "below_use"),
        ("resize", {"total_quota": 39}, 409, "below_use"),
        ("refund", {"units": 41}, 409, "conflict"),
        ("reset", {"reason": "x" * 201}, 400, "invalid_request"),
        ("reset", {"reason": "a\0b"}, 400, "invalid_request"),
    ],
)
def test_a_move_that_cannot_be_changes_nothing(
    admin: Caller, alice: Person, verb: str, body: dict[str, Any], status: int, code: str
) -> None:
    spent(alice, 40)
    answer = admin("POST", f"/auth/keys/{alice.id}/{verb}", body)
    assert (answer.status, answer.code) == (status, code)
    key = ApiKey.objects.get(pk=alice.id)
    assert (key.total_quota, key.used) == (100, 40)


def test_an_unlimited_key_cannot_be_granted_units(admin: Caller, alice: Person) -> None:
    admin("POST", f"/auth/keys/{alice.id}/resize", {"total_quota": None})
    answer = admin("POST", f"/auth/keys/{alice.id}/grant", {"units": 1})
    assert (answer.status, answer.code) == (409, "conflict")


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("grant", {"units": 1}),
        ("withdraw", {"units": 1}),
        ("refund", {"units": 1}),
        ("reset", {}),
        ("renew", {}),
        ("resize", {"total_quota": 1}),
    ],
)
def test_what_is_no_key_is_not_found(admin: Caller, verb: str, body: dict[str, int]) -> None:
    assert admin("POST", f"/auth/keys/999/{verb}", body).status == 404
