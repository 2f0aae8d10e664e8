from __future__ import annotations

import pytest
from django.test import Client

from keys import services
from keys.models import ApiKey
from tests.support.console import Person

pytestmark = pytest.mark.django_db


def at(person: Person, rest: str = "") -> str:
    return f"/api-key-admin/{person.id}{rest}"


def test_units_are_granted_with_a_reason(inside: Client, alice: Person, bob: Person) -> None:
    fields = {"way": "grant", "units": "50", "reason": "thanks"}
    assert inside.post(at(alice, "/move"), fields).status_code == 303
    assert ApiKey.objects.get(pk=alice.id).total_quota == 150
    assert ApiKey.objects.get(pk=bob.id).total_quota == 100
    assert "thanks" in inside.get(at(alice)).content.decode()


def test_units_are_withdrawn_as_far_as_they_are_unused(inside: Client, alice: Person) -> None:
    inside.post(at(alice, "/move"), {"way": "withdraw", "units": "60"})
    assert ApiKey.objects.get(pk=alice.id).total_quota == 40
    answer = inside.post(at(alice, "/move"), {"way": "withdraw", "units": "41"})
    assert answer.status_code == 422
    assert "At most 40 can be taken back." in answer.content.decode()


@pytest.mark.parametrize("units", ["", "0", "-5", "many", "9" * 30])
def test_other_numbers_move_nothing(inside: Client, alice: Person, units: str) -> None:
    answer = inside.post(at(alice, "/move"), {"way": "grant", "units": units})
    assert answer.status_code == 422
    assert 'id="id_units_error"' in answer.content.decode()
    assert ApiKey.objects.get(pk=alice.id).total_quota == 100


def test_a_key_without_a_limit_is_given_one(inside: Client, alice: Person) -> None:
    services.resize(alice.id, None)
    assert inside.post(at(alice, "/move"), {"way": "limit", "units": "30"}).status_code == 303
    assert ApiKey.objects.get(pk=alice.id).total_quota == 30


@pytest.mark.parametrize("units", ["", "x", "9" * 40])
def test_a_limit_is_a_number(inside: Client, alice: Person, units: str) -> None:
    services.resize(alice.id, None)
    assert inside.post(at(alice, "/move"), {"way": "limit", "units": units}).status_code == 422
    assert ApiKey.objects.get(pk=alice.id).total_quota is None


def test_counting_from_zero_gives_everything_back(inside: Client, alice: Person) -> None:
    ApiKey.objects.filter(pk=alice.id).update(used=70)
    inside.post(at(alice, "/move"), {"way": "reset"})
    assert ApiKey.objects.get(pk=alice.id).used == 0


def test_a_limit_is_taken_off(inside: Client, alice: Person) -> None:
    inside.post(at(alice, "/move"), {"way": "unlimit"})
    assert ApiKey.objects.get(pk=alice.id).total_quota is None


def test_an_unknown_way_leads_nowhere(inside: Client, alice: Person) -> None:
    answer = inside.post(at(alice, "/move"), {"way": "odd", "units": "5"})
    assert answer.status_code == 422
    assert "Choose what to do with the units." in answer.content.decode()
