from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from keys import services
from keys.models import ApiKey, UsageDay
from tests.support.console import Person
from tests.support.fields import untouched

pytestmark = pytest.mark.django_db


def at(person: Person, rest: str = "") -> str:
    return f"/api-key-admin/{person.id}{rest}"


def test_the_page_shows_its_usage_by_model(inside: Client, alice: Person, bob: Person) -> None:
    today = datetime.now(UTC).date()
    UsageDay.objects.create(key_id=alice.id, model="gemini-x", day=today, calls=2, units=20)
    UsageDay.objects.create(key_id=bob.id, model="of-bob", day=today, calls=2, units=20)
    page = inside.get(at(alice)).content.decode()
    assert "gemini-x: 20" in page
    assert "20 units in 30 days, by model" in page
    assert "of-bob" not in page


def test_a_key_that_is_gone_is_not_found(inside: Client, alice: Person) -> None:
    services.revoke(alice.id)
    assert inside.get(at(alice)).status_code == 404
    assert inside.post(at(alice, "/switch")).status_code == 404
    assert inside.get("/api-key-admin/999999").status_code == 404


def test_a_switch_can_be_undone(inside: Client, alice: Person) -> None:
    inside.post(at(alice, "/switch"), {"enabled": "false"})
    assert not ApiKey.objects.get(pk=alice.id).enabled
    page = inside.get(at(alice)).content.decode()
    found = re.search(
        r'action="([^"]*)" data-brief>.*?name="enabled" value="(\w+)"', page, re.DOTALL
    )
    assert found is not None
    inside.post(found[1], {"enabled": found[2]})
    assert ApiKey.objects.get(pk=alice.id).enabled


def test_editing_begins_with_what_is(inside: Client, alice: Person) -> None:
    services.edit(
        alice.id,
        rpm=7,
        models=("gemini-*", "gpt-*"),
        model_daily={"gemini-*": 5},
        networks=("192.0.2.0/24",),
        expires_at=datetime(2040, 5, 6, 12, tzinfo=UTC),
    )
    page = inside.get(at(alice, "/edit")).content.decode()
    for words in ("gemini-*\ngpt-*", "gemini-*=5", "192.0.2.0/24", "2040-05-06", 'value="7"'):
        assert words in page


def test_a_key_expires_at_the_end_of_a_day_of_its_own_zone(inside: Client, alice: Person) -> None:
    fields = {"time_zone": "Asia/Shanghai", "expires_at": "2040-05-06"}
    assert inside.post(at(alice, "/edit"), fields).status_code == 303
    expires = ApiKey.objects.get(pk=alice.id).expires_at
    assert expires == datetime(2040, 5, 6, 15, 59, 59, 999_999, tzinfo=UTC)
    assert "2040-05-06" in inside.get(at(alice, "/edit")).content.decode()


def test_a_key_that_is_over_may_be_edited_but_none_is_ended_by_a_date(
    inside: Client, alice: Person
) -> None:
    over = {"time_zone": "UTC", "expires_at": "2020-01-01"}
    answer = inside.post(at(alice, "/edit"), over)
    assert answer.status_code == 422
    assert "This day is over already." in answer.content.decode()
    services.edit(alice.id, expires_at=datetime(2020, 1, 2, tzinfo=UTC))
    assert inside.post(at(alice, "/edit"), over | {"owner": "Ada"}).status_code == 303
    assert ApiKey.objects.get(pk=alice.id).owner == "Ada"


def test_saving_what_is_changes_nothing(inside: Client, alice: Person) -> None:
    services.edit(alice.id, rpm=7, models=("gemini-*",), days_from_first_use=3)
    fields = {
        "description": "Alice",
        "rpm": "7",
        "models": "gemini-*",
        "time_zone": "UTC",
        "days_from_first_use": "3",
    }
    assert inside.post(at(alice, "/edit"), fields).status_code == 303
    key = ApiKey.objects.get(pk=alice.id)
    assert (key.rpm, key.allowed_models, key.days_from_first_use) == (7, "gemini-*", 3)
    assert key.total_quota == 100


def test_two_administrators_write_what_each_has_changed(inside: Client, alice: Person) -> None:
    services.edit(
        alice.id, models=("gemini-*", "gpt-*"), expires_at=datetime(2040, 5, 6, tzinfo=UTC)
    )
    older = untouched(inside.get(at(alice, "/edit")))
    inside.post(at(alice, "/edit"), {**older, "rpm": "17", "expires_at": "2041-01-01"})
    answer = inside.post(at(alice, "/edit"), {**older, "description": "Ada"})
    assert answer.status_code == 303
    key = ApiKey.objects.get(pk=alice.id)
    assert (key.rpm, key.description, key.allowed_models) == (17, "Ada", "gemini-*\ngpt-*")
    assert key.expires_at == datetime(2041, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC)


def test_what_was_shown_is_remembered_over_a_mistake(inside: Client, alice: Person) -> None:
    older = untouched(inside.get(at(alice, "/edit")))
    services.edit(alice.id, rpm=17)
    wrong = inside.post(at(alice, "/edit"), {**older, "concurrency": "-1"})
    assert wrong.status_code == 422
    inside.post(at(alice, "/edit"), {**untouched(wrong), "concurrency": "2"})
    key = ApiKey.objects.get(pk=alice.id)
    assert (key.rpm, key.concurrency) == (17, 2)


def test_a_key_is_deleted_by_its_name_only(inside: Client, alice: Person) -> None:
    answer = inside.post(at(alice, "/delete"), {"name": "alice?"})
    assert answer.status_code == 422
    assert "That is something else." in answer.content.decode()
    assert inside.post(at(alice, "/delete"), {"name": "Alice"})["Location"] == "/api-key-admin"
    assert ApiKey.objects.get(pk=alice.id).deleted


def test_nobody_types_a_long_label(inside: Client, alice: Person) -> None:
    key = services.edit(alice.id, description="a label that goes on and on and on")
    assert f"<code>{key.masked}</code>" in inside.get(at(alice, "/delete")).content.decode()
    inside.post(at(alice, "/delete"), {"name": key.masked})
    assert ApiKey.objects.get(pk=alice.id).deleted


def test_a_flagged_key_is_let_off_by_a_person(inside: Client, alice: Person) -> None:
    services.flag(alice.id, "seven addresses in a minute", now=datetime.now(UTC))
    assert "seven addresses in a minute" in inside.get(at(alice)).content.decode()
    inside.post(at(alice, "/looked"))
    assert ApiKey.objects.get(pk=alice.id).flagged_at is None


def test_the_sheet_is_led_to_the_page_as_a_whole(inside: Client, alice: Person) -> None:
    headers = {"HX-Request": "true", "HX-Target": "sheet-body"}
    answer = inside.post(at(alice, "/delete"), {"name": "Alice"}, headers=headers)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/api-key-admin"
