from __future__ import annotations

import pytest
from django.utils import timezone

from keys import services
from keys.models import ApiKey
from tests.support.console import Caller, Person

pytestmark = pytest.mark.django_db


def test_each_is_tried_and_failures_are_named(admin: Caller, alice: Person, bob: Person) -> None:
    body = {"action": "disable", "ids": [alice.id, 999, bob.id, bob.id]}
    answer = admin("POST", "/auth/keys/actions", body)
    assert answer.body == {
        "success_count": 2,
        "total_count": 3,
        "errors": [{"id": 999, "message": "There is no such key."}],
    }
    assert not ApiKey.objects.filter(enabled=True).exists()


@pytest.mark.parametrize(
    ("action", "column", "value"),
    [("enable", "enabled", True), ("delete", "deleted", True), ("unflag", "flagged_at", None)],
)
def test_what_can_be_done(
    admin: Caller, alice: Person, action: str, column: str, value: object
) -> None:
    services.flag(alice.id, "many addresses", now=timezone.now())
    services.edit(alice.id, enabled=False)
    admin("POST", "/auth/keys/actions", {"action": action, "ids": [alice.id]})
    assert getattr(ApiKey.objects.get(pk=alice.id), column) == value


@pytest.mark.parametrize(
    "body",
    [
        {"action": "enrich", "ids": [1]},
        {"action": "delete", "ids": []},
        {"action": "delete", "ids": list(range(1, 502))},
        {"action": "delete", "ids": ["all"]},
        {"action": "delete", "ids": [2**63]},
        {"action": "delete"},
    ],
)
def test_nothing_else_can(admin: Caller, body: object) -> None:
    assert admin("POST", "/auth/keys/actions", body).code == "invalid_request"
