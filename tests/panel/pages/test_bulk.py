from __future__ import annotations

import pytest
from django.test import Client

from keys.models import ApiKey
from tests.support.console import Person

pytestmark = pytest.mark.django_db

BULK = "/api-key-admin/bulk"


def live() -> set[str]:
    return set(
        ApiKey.objects.filter(deleted=False, enabled=True).values_list("description", flat=True)
    )


def test_all_picked_keys_are_switched(inside: Client, alice: Person, bob: Person) -> None:
    picked = {"key": [alice.id, bob.id]}
    inside.post(BULK, picked | {"action": "disable"})
    assert live() == set()
    assert "2 keys are off now." in inside.get("/api-key-admin").content.decode()
    inside.post(BULK, picked | {"action": "enable"})
    assert live() == {"Alice", "Bob"}


def test_deleting_asks_for_their_number(inside: Client, alice: Person, bob: Person) -> None:
    fields = {"key": [alice.id], "action": "delete", "next": "/api-key-admin?q=a"}
    assert "Delete 1 key" in inside.post(BULK, fields).content.decode()
    assert inside.post(BULK, fields | {"number": "2"}).status_code == 422
    assert live() == {"Alice", "Bob"}
    assert inside.post(BULK, fields | {"number": "1"})["Location"] == "/api-key-admin?q=a"
    assert live() == {"Bob"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"action": "disable"}, "Pick some keys first."),
        ({"action": "disable", "key": ["x", "999999"]}, "Pick some keys first."),
        ({"action": "disable", "key": ["9" * 30]}, "Pick some keys first."),
        ({"action": "explode", "key": ["1"]}, "Choose what to do"),
    ],
)
def test_anything_else_changes_nothing(
    inside: Client, alice: Person, fields: dict[str, object], words: str
) -> None:
    if fields.get("key") == ["1"]:
        fields = fields | {"key": [alice.id]}
    inside.post(BULK, fields)
    assert live() == {"Alice"}
    assert words in inside.get("/api-key-admin").content.decode()


def test_it_leads_back_into_the_site_only(inside: Client, alice: Person) -> None:
    fields = {"key": [alice.id], "action": "enable", "next": "https://evil.example/"}
    assert inside.post(BULK, fields)["Location"] == "/"
