"""What is done to credentials, one or many; and whose accounts they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from credentials import health, store
from credentials.health import Health, Policy, Refused
from credentials.kinds import Source
from credentials.models import Credential
from panel import tending
from panel.tending import Action
from tests.support.console import Caller
from tests.support.pool import PLANTED, FakeGateway, Note, add, gateway, lend, trail

__all__ = ["gateway", "trail"]

pytestmark = pytest.mark.django_db


def ban(id: int) -> None:
    now = timezone.now()
    policy = Policy(strikes_to_ban=1)
    known = health.after(Health(), Refused("NO"), policy, sent_at=now, now=now)
    Credential.objects.filter(pk=id).update(**store.columns(known, now))


@pytest.mark.parametrize(
    ("action", "column", "value", "after"),
    [
        ("enable", "enabled", True, {"enabled": True}),
        ("disable", "enabled", False, {"enabled": False}),
        ("pardon", "banned", False, {"banned": False}),
        ("delete", "sealed", "", {}),
    ],
)
def test_what_the_database_alone_can_do(
    admin: Caller, trail: list[Note], action: str, column: str, value: object, after: Any
) -> None:
    id, other = add("one"), add("other")
    Credential.objects.update(enabled=action != "enable")
    ban(id)
    answer = admin("POST", "/creds/action", {"id": id, "action": action})
    assert (answer.status, answer.body["ok"]) == (200, True)
    assert getattr(Credential.objects.get(pk=id), column) == value
    assert Credential.objects.get(pk=other).sealed
    ((told, target, _, now),) = trail
    assert (told, target, now) == (f"credential.{action}", f"credential {id}", after)


def test_a_file_s_name_does_as_well(admin: Caller) -> None:
    body = {"filename": f"{add('one')}-gemini-gemini_api.json", "action": "disable"}
    assert admin("POST", "/creds/action", body).status == 200
    assert not Credential.objects.get().enabled


def test_a_test_says_what_it_heard(admin: Caller, gateway: FakeGateway, trail: list[Note]) -> None:
    well, ill = add("well"), add("ill")
    gateway.ill = {ill}
    assert admin("POST", "/creds/action", {"id": well, "action": "test"}).body == {
        "id": well,
        "ok": True,
        "message": "It works.",
        "outcome": "Succeeded",
        "status": 200,
        "seconds": 0.25,
    }
    found = admin("POST", "/creds/action", {"id": ill, "action": "test"}).body
    assert (found["ok"], found["status"], found["message"]) == (False, 401, "The key is unknown.")
    assert [note.after["ok"] for note in trail] == [True, False]


def test_a_token_is_renewed(admin: Caller, gateway: FakeGateway, trail: list[Note]) -> None:
    id = lend()
    found = admin("POST", "/creds/action", {"id": id, "action": "refresh"}).body
    assert (found["ok"], found["outcome"], gateway.asked) == (True, None, [("renew", id)])
    gateway.ill = {id}
    found = admin("POST", "/creds/action", {"id": id, "action": "refresh"}).body
    assert (found["ok"], found["message"]) == (False, "The account was revoked.")
    assert [note.action for note in trail] == ["credential.refresh"] * 2


def test_one_that_cannot_be_opened_says_so(admin: Caller, gateway: FakeGateway) -> None:
    id = add("one")
    gateway.gone = {id}
    found = admin("POST", "/creds/action", {"id": id, "action": "test"}).body
    assert not found["ok"]
    assert "keys" in found["message"]
    assert PLANTED not in str(found)


@pytest.mark.parametrize("action", ["test", "refresh"])
def test_without_a_running_gateway_nobody_is_asked(admin: Caller, action: str) -> None:
    answer = admin("POST", "/creds/action", {"id": add("one"), "action": action})
    assert (answer.status, answer.code) == (503, "gateway_not_running")


def test_patience_has_an_end(admin: Caller, gateway: FakeGateway) -> None:
    gateway.late = True
    answer = admin("POST", "/creds/action", {"id": add("one"), "action": "test"})
    assert (answer.status, answer.code) == (504, "no_answer_in_time")


@pytest.mark.parametrize("action", Action)
def test_an_action_on_nothing_is_not_found(
    admin: Caller, gateway: FakeGateway, trail: list[Note], action: Action
) -> None:
    for body in ({"id": 999}, {"filename": "999-gemini-gemini_api.json"}, {"id": 2**63 - 1}):
        answer = admin("POST", "/creds/action", {**body, "action": action})
        assert (answer.status, answer.code) == (404, "not_found")
    assert (gateway.asked, trail) == ([], [])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": 1},
        {"action": "enable"},
        {"id": 1, "filename": "1-x.json", "action": "enable"},
        {"id": 1, "action": "steal"},
        {"id": 1, "action": ["enable"]},
        {"id": 2**63, "action": "enable"},
        {"id": "all", "action": "enable"},
        {"id": 1, "action": "enable", "force": True},
        ["enable"],
    ],
)
def test_an_action_is_for_one_and_known(admin: Caller, body: object) -> None:
    assert admin("POST", "/creds/action", body).code == "invalid_request"


def test_of_many_each_is_tried_and_failures_are_named(admin: Caller, trail: list[Note]) -> None:
    one, two = add("one"), add("two")
    body = {"action": "disable", "ids": [one, 999, two, two]}
    assert admin("POST", "/creds/batch-action", body).body == {
        "success_count": 2,
        "total_count": 3,
        "errors": [{"id": 999, "filename": None, "message": "There is no such credential."}],
    }
    assert not Credential.objects.filter(enabled=True).exists()
    assert [note.target for note in trail] == [f"credential {one}", f"credential {two}"]


def test_many_are_named_by_their_files(admin: Caller) -> None:
    names = [f"{add('one')}-gemini-gemini_api.json", "nobody.json", "999-x.json", "²-x.json"]
    found = admin("POST", "/creds/batch-action", {"action": "delete", "filenames": names}).body
    assert (found["success_count"], found["total_count"]) == (1, 4)
    assert [each["filename"] for each in found["errors"]] == names[1:]
    assert {each["id"] for each in found["errors"]} == {None}
    assert not Credential.objects.filter(deleted_at=None).exists()


def test_many_are_asked_and_those_that_fail_are_named(admin: Caller, gateway: FakeGateway) -> None:
    ids = [add(f"no {number}") for number in range(10)]
    gateway.ill, gateway.gone = {ids[3]}, {ids[4]}
    found = admin("POST", "/creds/batch-action", {"action": "test", "ids": [*ids, 999]}).body
    assert (found["success_count"], found["total_count"]) == (8, 11)
    assert [each["id"] for each in found["errors"]] == [ids[3], ids[4], 999]
    assert sorted(id for _, id in gateway.asked) == ids


def test_a_mistake_of_the_gateway_ends_only_its_own_question(
    admin: Caller, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [add("one"), add("two")]
    broken = ids[0]

    async def renew(id: int) -> None:
        if id == broken:
            raise RuntimeError(PLANTED)

    monkeypatch.setattr(gateway, "renew", renew)
    found = admin("POST", "/creds/batch-action", {"action": "refresh", "ids": ids}).body
    assert found["success_count"] == 1
    assert PLANTED not in str(found)


@pytest.mark.parametrize(
    "body",
    [
        {"action": "delete", "ids": []},
        {"action": "delete", "ids": list(range(1, 502))},
        {"action": "delete", "filenames": ["x" * 201]},
        {"action": "delete", "ids": [1], "filenames": ["1"]},
        {"action": "test", "ids": list(range(1, tending.ASKED + 2))},
        {"action": "delete"},
    ],
)
def test_not_any_number_at_once(admin: Caller, body: object) -> None:
    assert admin("POST", "/creds/batch-action", body).code == "invalid_request"


def test_a_lender_s_address_is_not_noted_for_good(
    admin: Caller, gateway: FakeGateway, trail: list[Note]
) -> None:
    id = lend(source=Source.CONTRIBUTED)
    assert admin("POST", f"/creds/fetch-email/{id}").body["email"] == f"person-{id}@example.test"
    assert trail == [Note("credential.identify", f"credential {id}", {}, {"email": "…"})]


def test_an_e_mail_address_is_fetched(
    admin: Caller, gateway: FakeGateway, trail: list[Note]
) -> None:
    id = lend()
    answer = admin("POST", f"/creds/fetch-email/{id}-code-assist-code_assist.json")
    email = f"person-{id}@example.test"
    assert answer.body == {"id": id, "email": email, "message": ""}
    assert trail == [Note("credential.identify", f"credential {id}", {}, {"email": email})]
    gateway.ill = {id}
    answer = admin("POST", f"/creds/fetch-email/{id}")
    assert answer.body == {"id": id, "email": "", "message": "The account was revoked."}
    assert admin("POST", "/creds/fetch-email/999").status == 404


def test_all_accounts_without_an_address_are_asked(admin: Caller, gateway: FakeGateway) -> None:
    add("a key")
    known, ill, well = lend("known", extra={"email": "a@b.test"}), lend("ill"), lend("well")
    gateway.ill = {ill}
    found = admin("POST", "/creds/refresh-all-emails", {}).body
    assert (found["success_count"], found["total_count"], found["next"]) == (1, 2, None)
    assert [each["id"] for each in found["errors"]] == [ill]
    assert [each["id"] for each in found["emails"]] == [ill, well]
    found = admin("POST", "/creds/refresh-all-emails", {"known": True, "after": ill - 2}).body
    assert [each["id"] for each in found["emails"]] == [known, ill, well]


def test_they_are_asked_in_portions(
    admin: Caller, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tending, "ASKED", 2)
    ids = [lend(f"no {number}") for number in range(3)]
    first = admin("POST", "/creds/refresh-all-emails", {}).body
    assert (first["total_count"], first["next"]) == (2, ids[1])
    last = admin("POST", "/creds/refresh-all-emails", {"after": first["next"]}).body
    assert (last["total_count"], last["next"]) == (1, None)
    assert [id for _, id in gateway.asked] == ids


def test_where_there_are_no_accounts_nobody_is_asked(admin: Caller) -> None:
    found = admin("POST", "/creds/refresh-all-emails", {}).body
    assert (found["total_count"], found["next"]) == (0, None)
