from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from keys import secret as secrets
from keys.models import ApiKey, HandOut, UsageDay

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
    with pytest.raises(CommandError, match=r"or more|whole number"):
        say("createkey", *option)


def test_listkeys_shows_no_secret() -> None:
    found = json.loads(say("createkey", "--quota", "50", "--description", "Zhang San", "--json"))
    listed = say("listkeys")
    assert "Zhang San" in listed
    assert secrets.mask(found["api_key"]) in listed
    assert found["api_key"] not in listed


def test_createkey_knows_every_attribute() -> None:
    options = (
        *("--quota", "9", "--daily-quota", "5", "--time-zone", "Asia/Shanghai", "--rpm", "60"),
        *("--model-daily", "*pro*=2", "--model-daily", "a=1", "--days-from-first-use", "30"),
        *("--concurrency", "4", "--waiting", "2", "--models", "a*,b", "--disabled"),
        *("--networks", "192.0.2.0/24", "--created-by", "me"),
    )
    made = json.loads(say("createkey", *options, "--json"))
    [shown] = json.loads(say("listkeys", "--json"))["keys"]
    assert shown["id"] == made["id"]
    assert (shown["daily_quota"], shown["time_zone"], shown["rpm"]) == (5, "Asia/Shanghai", 60)
    assert shown["model_daily"] == {"*pro*": 2, "a": 1}
    assert (shown["models"], shown["networks"]) == (["a*", "b"], ["192.0.2.0/24"])
    assert (shown["concurrency"], shown["waiting"], shown["enabled"]) == (4, 2, False)
    assert (shown["days_from_first_use"], shown["created_by"]) == (30, "me")


def test_createkey_makes_many_with_links() -> None:
    arguments = ("createkey", "--count", "3", "--description", "Discord", "--link-days", "2")
    made = json.loads(say(*arguments, "--json"))
    assert len({each["token"] for each in made}) == 3
    assert [key.description for key in ApiKey.objects.order_by("id")] == [
        *("Discord 1", "Discord 2", "Discord 3")
    ]
    lines = say(*arguments).splitlines()
    assert len(lines) == 4
    assert "3 keys may use any number of units each" in lines[-1]


@pytest.mark.parametrize(
    "options",
    [
        ("--rpm", "x"),
        ("--time-zone", "Mars"),
        ("--count", "0"),
        ("--link-days", "0"),
        ("--days", "3", "--expires-at", "2027-01-01"),
        ("--days", "3", "--days-from-first-use", "3"),
    ],
)
def test_createkey_says_what_is_wrong(options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        say("createkey", *options)
    assert not ApiKey.objects.exists()


def test_grant_gives_and_takes() -> None:
    id = str(json.loads(say("createkey", "--quota", "50", "--json"))["id"])
    assert (
        say("grant", id, "10", "--reason", "thanks") == f"Key {id} has 60 units, 60 of them left.\n"
    )
    found = json.loads(say("grant", id, "--json", "--", "-25"))
    assert found == {"id": int(id), "total_quota": 35, "remaining_quota": 35}
    assert say("audit").startswith("1 key adds up.\n")
    for units, sentence in (("-99", "0 units are used"), ("0", "at least one")):
        with pytest.raises(CommandError, match=sentence):
            say("grant", id, "--", units)
    with pytest.raises(CommandError, match="no key 999"):
        say("grant", "999", "1")


def test_revoke_ends_keys() -> None:
    made = [json.loads(say("createkey", "--json"))["id"] for _ in range(2)]
    assert say("revoke", str(made[0])) == f"Revoked: {made[0]}.\n"
    out = StringIO()
    with pytest.raises(CommandError, match="no key 999"):
        call_command("revoke", str(made[1]), "999", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"revoked": [made[1]], "unknown": [999]}
    assert json.loads(say("listkeys", "--json")) == {"keys": [], "next": None}


def test_listkeys_narrows_sorts_and_pages() -> None:
    for name, quota in (("alpha", "5"), ("beta", "0"), ("gamma", "9")):
        say("createkey", "--quota", quota, "--description", name)

    def names(*options: str) -> list[str]:
        found = json.loads(say("listkeys", "--json", *options))
        return [key["description"] for key in found["keys"]]

    assert names("--state", "exhausted") == ["beta"]
    assert names("--search", "amm") == ["gamma"]
    assert names("--sort", "remaining", "--descending") == ["gamma", "alpha", "beta"]
    page = json.loads(say("listkeys", "--size", "2", "--json"))
    assert names("--after", page["next"]) == ["gamma"]
    assert f"--after {page['next']}" in say("listkeys", "--size", "2")
    with pytest.raises(CommandError, match="cursor"):
        say("listkeys", "--after", "x")


def test_pruneusage_forgets_what_is_old() -> None:
    key_id = json.loads(say("createkey", "--link-days", "1", "--json"))["id"]
    today = timezone.now()
    for days in (0, 5, 50):
        UsageDay.objects.create(key_id=key_id, model="m", day=today.date() - timedelta(days=days))
    HandOut.objects.update(expires_at=today)
    found = json.loads(say("pruneusage", "--days", "10", "--record-days", "3", "--json"))
    assert found == {"days": 1, "records": 0, "links": 1}
    assert say("pruneusage") == "Deleted 0 days of usage, 0 request records and 0 links.\n"
    assert UsageDay.objects.count() == 2
    with pytest.raises(CommandError, match="or more"):
        say("pruneusage", "--days", "0")


def test_the_migrations_are_complete() -> None:
    assert "No changes" in say("makemigrations", "keys", "--check", "--dry-run")
