"""Every change of a key or a cost leaves an entry that tells what changed."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings

from keys import services
from keys.models import ApiKey, ModelCost
from panel import keeping
from panel.models import AuditEntry
from tests.support.console import Person

pytestmark = pytest.mark.django_db

ASKED = RequestFactory().post("/")


def last() -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    entry = AuditEntry.objects.latest("id")
    return entry.action, entry.target, json.loads(entry.before), json.loads(entry.after)


@pytest.mark.usefixtures("console")
def test_keys_that_are_made_together_are_one_entry() -> None:
    made = keeping.make(ASKED, 3, total=5, description="Ada", rpm=None)
    first, third = made[0].key.pk, made[2].key.pk
    after = {"total_quota": 5, "description": "Ada", "count": 3}
    assert last() == ("key.create", f"keys {first} to {third}", {}, after)
    assert made[0].secret not in AuditEntry.objects.get().after


@pytest.mark.usefixtures("console")
def test_the_day_of_a_key_begins_where_the_setting_says_or_the_key_does() -> None:
    config = dataclasses.replace(settings.POTLUCK, time_zone="Asia/Shanghai")
    with override_settings(POTLUCK=config):
        made = [
            *keeping.make(ASKED, 1, total=5),
            *keeping.make(ASKED, 1, total=5, time_zone="Asia/Tokyo"),
        ]
    assert [each.key.time_zone for each in made] == ["Asia/Shanghai", "Asia/Tokyo"]


def test_only_what_changed_is_told(alice: Person) -> None:
    keeping.edit(ASKED, alice.id, description="Alice", rpm=5, model_daily={"gemini-*": 3})
    action, target, before, after = last()
    assert (action, target) == ("key.edit", f"key {alice.id}")
    assert before == {"rpm": None, "model_daily": {}}
    assert after == {"rpm": 5, "model_daily": {"gemini-*": 3}}


def test_a_change_of_nothing_is_none(alice: Person) -> None:
    keeping.edit(ASKED, alice.id, description="Alice")
    keeping.switch(ASKED, alice.id, on=True)
    keeping.price(ASKED, "gpt", 3)
    keeping.price(ASKED, "GPT ", 3)
    assert not keeping.unprice(ASKED, "other")
    assert AuditEntry.objects.count() == 1


def test_switching_and_ending(alice: Person) -> None:
    keeping.switch(ASKED, alice.id, on=False)
    assert last() == ("key.disable", f"key {alice.id}", {"enabled": True}, {"enabled": False})
    keeping.delete(ASKED, alice.id)
    action, _target, before, _after = last()
    assert (action, before["description"], before["total_quota"]) == ("key.delete", "Alice", 100)
    with pytest.raises(ApiKey.DoesNotExist):
        keeping.delete(ASKED, alice.id)


def test_moves_tell_the_balance_and_the_reason(alice: Person) -> None:
    keeping.move(ASKED, services.grant, alice.id, "thanks", units=20)
    expected = {"total_quota": 120, "reason": "thanks"}
    assert last() == ("key.grant", f"key {alice.id}", {"total_quota": 100}, expected)


def test_what_is_refused_leaves_nothing(alice: Person) -> None:
    with pytest.raises(services.BelowUse):
        keeping.move(ASKED, services.withdraw, alice.id, units=200)
    assert not AuditEntry.objects.exists()
    assert ApiKey.objects.get().total_quota == 100


@pytest.mark.usefixtures("console")
def test_costs() -> None:
    keeping.price(ASKED, "GPT", 3)
    assert last() == ("cost.set", "gpt", {}, {"units": 3})
    keeping.price(ASKED, "gpt", 4)
    assert last() == ("cost.set", "gpt", {"units": 3}, {"units": 4})
    assert keeping.unprice(ASKED, "gpt")
    assert last() == ("cost.drop", "gpt", {"units": 4}, {})
    assert not ModelCost.objects.exists()


def test_a_flag_is_taken_off(alice: Person) -> None:
    ApiKey.objects.update(flag_reason="many addresses", flagged_at="2026-11-21T00:00Z")
    keeping.unflag(ASKED, alice.id)
    assert last()[2:] == ({"flag_reason": "many addresses"}, {"flag_reason": ""})
