"""What the commands of a shell change is in the audit trail, as what the console changes is."""

from __future__ import annotations

import json
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gateway import stored
from keys.models import ApiKey
from panel.models import AuditEntry

pytestmark = pytest.mark.django_db


def say(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def trail() -> list[tuple[str, str, str]]:
    assert set(AuditEntry.objects.values_list("actor", flat=True)) <= {"command"}
    return list(AuditEntry.objects.order_by("pk").values_list("action", "target", "after"))


def test_keys_that_are_made_are_one_entry_without_a_secret() -> None:
    made = json.loads(say("createkey", "--count", "2", "--quota", "50", "--json"))
    ((action, target, after),) = trail()
    assert (action, target) == ("key.create", f"keys {made[0]['id']} to {made[1]['id']}")
    found = json.loads(after)
    assert (found["count"], found["created_by"], found["total_quota"]) == (2, "command line", 50)
    assert "sk-" not in after


def test_the_day_of_a_key_begins_where_the_stored_setting_says() -> None:
    stored.save("TIME_ZONE", "Asia/Shanghai")
    say("createkey")
    say("createkey", "--time-zone", "Asia/Tokyo")
    zones = ApiKey.objects.order_by("pk").values_list("time_zone", flat=True)
    assert list(zones) == ["Asia/Shanghai", "Asia/Tokyo"]


def test_what_is_granted_and_taken_is_noted_with_its_reason() -> None:
    id = str(json.loads(say("createkey", "--quota", "50", "--json"))["id"])
    say("grant", id, "10", "--reason", "thanks")
    say("grant", id, "--", "-20")
    with suppress(CommandError):
        say("grant", id, "--", "-999")
    _made, given, taken = trail()
    assert given == ("key.grant", f"key {id}", '{"reason":"thanks","total_quota":60}')
    assert taken == ("key.withdraw", f"key {id}", '{"total_quota":40}')


def test_a_key_that_is_revoked_is_noted_and_one_that_is_not_there_is_not() -> None:
    id = str(json.loads(say("createkey", "--description", "Bob", "--json"))["id"])
    with suppress(CommandError):
        say("revoke", id, "999")
    assert [each[:2] for each in trail()][1:] == [("key.delete", f"key {id}")]


def test_files_of_credentials_are_noted_by_name(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    file.write_text("planted-0001\nplanted-0002")
    say("importcredentials", str(file))
    say("importcredentials", str(file))
    ((action, target, after),) = trail()
    assert (action, target) == ("credential.import", str(file))
    assert json.loads(after)["added"] == 2
