from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from keys import listing
from keys.models import ApiKey, HandOut
from tests.support.console import Caller, Person

pytestmark = pytest.mark.django_db


def test_a_new_key_is_shown_once(admin: Caller) -> None:
    made = admin("POST", "/auth/keys", {"total_quota": 1000, "description": "Discord user 张三"})
    assert made.status == 201
    secret, key_id = made.body["api_key"], made.body["id"]
    assert listing.find(secret, settings.POTLUCK_PEPPER) == ApiKey.objects.get(pk=key_id)
    assert made.body["total_quota"] == made.body["remaining_quota"] == 1000
    assert made.body["used_quota"] == 0
    assert made.body["description"] == "Discord user 张三"
    assert made.body["created_by"] == "administrator"
    assert made.body["hand_out"] is None
    for path in ("/auth/keys", f"/auth/keys/{key_id}", f"/auth/keys/{key_id}/ledger"):
        assert secret not in str(admin("GET", path).body)


def test_everything_that_may_be_said_of_a_key_is_kept(admin: Caller) -> None:
    said = {
        "owner": "zhang@example.org",
        "enabled": False,
        "days_from_first_use": 30,
        "daily_quota": 50,
        "time_zone": "Asia/Shanghai",
        "model_daily": {"gemini-*pro*": 5},
        "rpm": 10,
        "concurrency": 2,
        "waiting": 3,
        "models": ["gemini-*"],
        "networks": ["192.0.2.0/24"],
    }
    made = admin("POST", "/auth/keys", said)
    assert made.body | said == made.body
    read = admin("GET", f"/auth/keys/{made.body['id']}")
    assert read.body | said == read.body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"total_quota": -1}, "total_quota"),
        ({"total_quota": 10**16}, "total_quota"),
        ({"rpm": 0}, "rpm"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": 7}, "expires_at"),
        ({"models": ["two words"]}, "models"),
        ({"networks": ["nowhere"]}, "networks"),
        ({"networks": [{}]}, "networks.0"),
        ({"model_daily": {"a": "b"}}, "model_daily.a"),
        ({"description": "a\0b"}, "description"),
        ({"used_quota": 0}, "used_quota"),
        ({"created_by": "me"}, "created_by"),
        ({"link_days": 0}, "link_days"),
        ({"expires_at": "2020-01-01"}, "expires_at"),
    ],
)
def test_a_wrong_field_is_named(admin: Caller, body: dict[str, object], field: str) -> None:
    answer = admin("POST", "/auth/keys", body)
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert field in answer.body["error"]["fields"]
    assert not ApiKey.objects.exists()


def test_a_batch_is_numbered(admin: Caller) -> None:
    made = admin("POST", "/auth/keys/batch", {"count": 3, "total_quota": 5, "description": "Club"})
    assert made.status == 201
    assert [each["description"] for each in made.body["keys"]] == ["Club 1", "Club 2", "Club 3"]
    assert len({each["api_key"] for each in made.body["keys"]}) == 3


@pytest.mark.parametrize("count", [0, 1001, "many"])
def test_a_batch_has_bounds(admin: Caller, count: object) -> None:
    assert admin("POST", "/auth/keys/batch", {"count": count}).status == 400


def test_a_link_hands_a_key_out_once(admin: Caller, visitor: Caller) -> None:
    made = admin("POST", "/auth/keys", {"total_quota": 5, "link_days": 7}).body
    body = {"token": made["hand_out"]["token"]}
    taken = visitor("POST", "/auth/handout/claim", body)
    assert taken.status == 200
    assert taken.body["api_key"] == made["api_key"]
    again = visitor("POST", "/auth/handout/claim", body)
    assert (again.status, again.code) == (404, "not_found")


def test_an_old_or_invented_link_is_none(admin: Caller, visitor: Caller) -> None:
    token = admin("POST", "/auth/keys", {"link_days": 1}).body["hand_out"]["token"]
    HandOut.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for text in (token, "x" * 43, "x", "密" * 43):
        assert visitor("POST", "/auth/handout/claim", {"token": text}).status == 404


def test_the_list_is_searched_filtered_and_sorted(
    admin: Caller, alice: Person, bob: Person
) -> None:
    admin("PATCH", f"/auth/keys/{bob.id}", {"enabled": False})

    def names(query: str) -> list[str]:
        return [each["description"] for each in admin("GET", f"/auth/keys?{query}").body["keys"]]

    assert names("") == ["Bob", "Alice"]
    assert names("sort=id") == ["Alice", "Bob"]
    assert names("search=ali") == ["Alice"]
    assert names(f"search={bob.secret}") == ["Bob"]
    assert names("state=disabled") == ["Bob"]
    assert names("state=enabled,exhausted") == []
    assert admin("GET", "/auth/keys?search=ali").body["total_keys"] == 1


def test_pages_follow_each_other(admin: Caller) -> None:
    admin("POST", "/auth/keys/batch", {"count": 5, "description": "n"})
    seen, cursor = [], ""
    for _ in range(3):
        page = admin("GET", f"/auth/keys?limit=2&sort=id{cursor}").body
        seen += [each["description"] for each in page["keys"]]
        cursor = f"&cursor={page['next']}"
    assert seen == ["n 1", "n 2", "n 3", "n 4", "n 5"]
    assert page["next"] is None
    assert page["total_keys"] == 5


@pytest.mark.parametrize(
    "query", ["cursor=x", "limit=0", "limit=501", "sort=digest", "state=odd", "serach=a"]
)
def test_a_list_that_cannot_be_is_refused(admin: Caller, query: str) -> None:
    assert admin("GET", f"/auth/keys?{query}").code == "invalid_request"


def test_a_key_is_named_by_its_id_or_its_text(admin: Caller, alice: Person) -> None:
    by_id = admin("GET", f"/auth/keys/{alice.id}").body
    by_text = admin("GET", f"/auth/keys/{alice.secret}").body
    assert by_id == by_text
    assert by_id["api_key"].startswith(alice.secret[:9])
    assert alice.secret not in str(by_id)


@pytest.mark.parametrize("name", ["0", "999", "9" * 18, "9" * 30, "sk-x", "sk-" + "a" * 43, "²"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_what_is_no_key_is_not_found(admin: Caller, name: str, method: str) -> None:
    answer = admin(method, f"/auth/keys/{name}", {} if method == "PATCH" else None)
    assert (answer.status, answer.code) == (404, "not_found")


def test_a_change_answers_with_the_key(admin: Caller, alice: Person) -> None:
    answer = admin("PATCH", f"/auth/keys/{alice.secret}", {"description": "new", "rpm": 5})
    assert answer.status == 200
    assert (answer.body["description"], answer.body["rpm"]) == ("new", 5)


def test_a_deleted_key_is_gone(admin: Caller, alice: Person) -> None:
    assert admin("DELETE", f"/auth/keys/{alice.id}").status == 204
    assert admin("GET", f"/auth/keys/{alice.id}").status == 404
    assert admin("GET", "/auth/keys").body["total_keys"] == 0
    assert alice.call("GET", "/auth/quota").status == 401


@pytest.mark.parametrize(("body", "total"), [({}, 1_000), ({"total_quota": None}, None)])
def test_without_a_limit_a_key_is_only_on_purpose(
    admin: Caller, body: dict[str, object], total: int | None
) -> None:
    assert admin("POST", "/auth/keys", body).body["total_quota"] == total


def test_a_date_is_one_of_the_key_s_zone(admin: Caller) -> None:
    zone = {"time_zone": "Asia/Shanghai"}
    made = admin("POST", "/auth/keys", {"expires_at": "2040-01-01", **zone}).body
    assert made["expires_at"] == "2040-01-01T15:59:59.999999Z"
    changed = admin("PATCH", f"/auth/keys/{made['id']}", {"expires_at": "2040-02-01"}).body
    assert changed["expires_at"] == "2040-02-01T15:59:59.999999Z"
    assert admin("PATCH", f"/auth/keys/{made['id']}", {"expires_at": "2020-01-01"}).status == 400


def test_what_is_set_elsewhere_says_where(admin: Caller, alice: Person) -> None:
    answer = admin("PATCH", f"/auth/keys/{alice.id}", {"total_quota": 1_000})
    said = answer.body["error"]["fields"]["total_quota"]
    assert "/resize" in said
    assert "/grant" in said


def test_an_unknown_parameter_names_those_that_are_known(admin: Caller) -> None:
    said = admin("GET", "/auth/keys?page=2").body["error"]["message"]
    assert said.startswith("page: There is no parameter of this name.")
    assert "limit, cursor, search, state, sort" in said
