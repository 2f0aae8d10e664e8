"""Questions about an account, and what the answers mean."""

from __future__ import annotations

import json

import pytest

from credentials import code_assist
from credentials.code_assist import Loaded, Operation

METADATA = {
    "ideType": "IDE_UNSPECIFIED",
    "platform": "PLATFORM_UNSPECIFIED",
    "pluginType": "GEMINI",
}


def loaded(body: object, status: int = 200) -> Loaded | None:
    return code_assist.loaded(status, json.dumps(body).encode())


def problem(reason: str, **metadata: str) -> object:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}
    details = [{**info, "metadata": metadata}]
    return {"error": {"code": 403, "status": "PERMISSION_DENIED", "details": details}}


def test_a_question_names_the_project_only_if_there_is_one() -> None:
    assert code_assist.load("") == {"metadata": METADATA}
    assert code_assist.load("mine") == {
        "cloudaicompanionProject": "mine",
        "metadata": {**METADATA, "duetProject": "mine"},
    }


def test_the_free_tier_is_taken_without_a_project() -> None:
    assert code_assist.onboard("free-tier", "mine") == {"tierId": "free-tier", "metadata": METADATA}
    assert code_assist.onboard("standard-tier", "mine")["cloudaicompanionProject"] == "mine"


@pytest.mark.parametrize(
    ("project", "usable"),
    [("my-project", "my-project"), ("1234567", ""), ("", ""), ("My Project", ""), ("a/../b", "")],
)
def test_a_typed_project_is_an_id(project: str, usable: str) -> None:
    assert code_assist.typed(project) == usable


def test_the_default_tier_is_the_one_to_take() -> None:
    tiers = [{"id": "standard-tier"}, {"id": "free-tier", "isDefault": True}]
    found = loaded({"allowedTiers": tiers})
    assert found is not None
    assert found.offer == "free-tier"
    assert Loaded().offer == ""


def test_an_account_behind_vpc_service_controls_has_the_standard_tier() -> None:
    found = loaded(problem("SECURITY_POLICY_VIOLATED"), 403)
    assert found is not None
    assert found.current_tier is not None
    assert found.current_tier.id == "standard-tier"
    assert loaded(problem("SECURITY_POLICY_VIOLATED"), 503) is None
    assert loaded(problem("OTHER"), 403) is None


@pytest.mark.parametrize(
    ("ineligible", "typed", "says"),
    [
        ([{"reasonCode": "UNSUPPORTED_LOCATION"}], "", "country"),
        ([{"reasonCode": "SOMETHING_NEW"}], "", "does not say why"),
        (
            [
                {"reasonCode": "INELIGIBLE_ACCOUNT"},
                {
                    "reasonCode": "VALIDATION_REQUIRED",
                    "validationUrl": "https://accounts.google.com/verify?x=1",
                },
            ],
            "",
            "at https://accounts.google.com/verify?x=1.",
        ),
        ([], "123456", "number"),
        ([], "", "type the id"),
    ],
)
def test_why_there_is_no_project(ineligible: list[object], typed: str, says: str) -> None:
    found = loaded({"ineligibleTiers": ineligible})
    assert found is not None
    assert says in str(code_assist.blocked(found, typed))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://accounts.google.com/verify", True),
        ("https://accounts.google.com.evil.example/", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_only_google_s_links_are_passed_on(url: str, shown: bool) -> None:
    body = json.dumps(problem("VALIDATION_REQUIRED", validation_link=url)).encode()
    said = code_assist.denied(body)
    assert said.startswith("Google wants the account's owner to verify it")
    assert (bool(url) and url in said) == shown


def test_other_refusals_are_codes() -> None:
    body = json.dumps(problem("SERVICE_DISABLED")).encode()
    assert code_assist.denied(body) == "SERVICE_DISABLED"
    assert code_assist.denied(b"<html>") == "PERMISSION_DENIED"


def test_an_operation_is_asked_for_again_by_its_name() -> None:
    body = (
        b'{"name":"operations/x-1","done":true,"response":{"cloudaicompanionProject":{"id":"p"}}}'
    )
    found = code_assist.operation(body)
    assert (found.path, found.done, found.project) == ("operations/x-1", True, "p")
    assert Operation(done=True).project == ""


@pytest.mark.parametrize("name", ["", "x", "../../oauth/token", "operations/x?y", "//evil/x"])
def test_a_name_that_leads_elsewhere_is_not(name: str) -> None:
    with pytest.raises(ValueError, match="operation"):
        _ = Operation(name=name).path


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"currentTier": 7}'])
def test_what_cannot_be_read(body: bytes) -> None:
    with pytest.raises(ValueError, match="read"):
        code_assist.loaded(200, body)
