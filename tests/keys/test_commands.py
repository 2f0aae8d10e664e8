from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from keys import secret as secrets
from keys.models import ApiKey

pytestmark = pytest.mark.django_db


def say(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_createkey_prints_one_json_object() -> None:
    found = json.loads(say("createkey", "--quota", "50", "--description", "a", "--json"))
    assert found.keys() == {"api_key", "id"}
    key = ApiKey.objects.get(pk=found["id"])
    assert (key.total_quota, key.description, key.expires_at) == (50, "a", None)
    assert key.masked == secrets.mask(found["api_key"])


def test_createkey_tells_a_person() -> None:
    first, second = say("createkey", "--owner", "z@example.org", "--days", "3").splitlines()
    assert secrets.wellformed(first)
    assert "any number of units" in second
    key = ApiKey.objects.get()
    assert key.expires_at is not None
    assert (key.expires_at - key.created_at).days in (2, 3)


@pytest.mark.parametrize("option", [("--quota", "-1"), ("--days", "0")])
def test_createkey_refuses_nonsense(option: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="or more"):
        say("createkey", *option)


def test_audit_is_content_when_everything_adds_up() -> None:
    say("createkey", "--quota", "50")
    assert say("audit") == "1 keys add up.\n"


def test_audit_fails_when_something_does_not() -> None:
    say("createkey", "--quota", "50")
    ApiKey.objects.update(used=F("used") + 1)
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("audit", stdout=out)
    assert error.value.returncode == 1
    assert "the used units is 1, but should be 0" in out.getvalue()


def test_listkeys_shows_no_secret() -> None:
    found = json.loads(say("createkey", "--quota", "50", "--description", "Zhang San", "--json"))
    listed = say("listkeys")
    assert "Zhang San" in listed
    assert secrets.mask(found["api_key"]) in listed
    assert found["api_key"] not in listed


def test_the_migrations_are_complete() -> None:
    assert "No changes" in say("makemigrations", "keys", "--check", "--dry-run")
