"""`/config`: what there is to set, and setting it."""

from __future__ import annotations

from typing import Any

import pytest

from gateway import stored
from gateway.config import SETTINGS
from panel import bridge
from panel.models import AuditEntry
from tests.support.console import Caller

pytestmark = pytest.mark.django_db


def of(admin: Caller, name: str) -> dict[str, Any]:
    found = admin("GET", "/config/get").body["settings"]
    return dict(next(each for each in found if each["name"] == name))


def test_it_lists_the_whole_table(admin: Caller) -> None:
    found = admin("GET", "/config/get").body["settings"]
    assert [each["name"] for each in found] == [each.name for each in SETTINGS]
    fast = of(admin, "AUTO_BAN")
    assert fast["value"] == fast["default"] == "true"
    assert (fast["kind"], fast["source"], fast["locked"], fast["hot"]) == (
        "flag",
        "default",
        False,
        True,
    )
    assert fast["choices"] == ["true", "false"]
    assert "ban" in fast["help"].lower()


def test_a_secret_is_never_in_it(admin: Caller) -> None:
    found = of(admin, "API_PASSWORD")
    assert (found["value"], found["default"], found["locked"]) == (None, None, True)
    assert admin("POST", "/config/save", {"API_PASSWORD": "hunter2hunter2"}).status == 422


@pytest.mark.parametrize(
    ("name", "sent", "held"),
    [
        ("AUTO_BAN", False, "false"),
        ("AUTO_BAN", "no", "no"),
        ("AUTO_BAN_STRIKES", 7, "7"),
        ("REQUEST_DEADLINE", 1.5, "1.5"),
        ("AUTO_BAN_ERROR_CODES", [401, 402], "401,402"),
        ("MODEL_EXCLUDE", ["a", "b*"], "a,b*"),
    ],
)
def test_a_value_may_be_of_its_own_type(admin: Caller, name: str, sent: Any, held: str) -> None:
    answer = admin("POST", "/config/save", {name: sent})
    assert (answer.status, answer.body) == (200, {"changed": [name], "restart": []})
    assert stored.rows() == {name: held}
    assert AuditEntry.objects.get().target == name


def test_null_forgets_and_a_restart_is_named(admin: Caller) -> None:
    assert admin("POST", "/config/save", {"CONNECT_TIMEOUT": "3"}).body["restart"] == [
        "CONNECT_TIMEOUT"
    ]
    assert of(admin, "CONNECT_TIMEOUT")["waits"] is True
    assert admin("POST", "/config/save", {"CONNECT_TIMEOUT": None}).body["changed"]
    assert stored.rows() == {}


@pytest.mark.parametrize(
    "values",
    [
        {"AUTO_BAN": "perhaps"},
        {"NOTHING": "x"},
        {"PORT": "1"},
        {"HOST_URL": "x" * 30_000},
        {"a" * 5_000: "x", "\0": "\ud800"},
    ],
    ids=lambda values: str(values)[:30],
)
def test_what_cannot_be_used_is_named_and_nothing_saved(
    admin: Caller, values: dict[str, str]
) -> None:
    answer = admin("POST", "/config/save", {"AUTO_BAN_STRIKES": "7", **values})
    assert answer.status == 422
    assert answer.body["error"]["fields"].keys() == values.keys()
    assert stored.rows() == {}


@pytest.mark.parametrize("body", [{}, [], "x", 5, None, {"AUTO_BAN": {}}, {"AUTO_BAN": [[]]}])
def test_a_body_of_another_shape_is_refused(admin: Caller, body: object) -> None:
    answer = admin("POST", "/config/save", body)
    assert answer.status in (400, 422)
    assert answer.body["error"]["message"]


@pytest.mark.parametrize("body", [{}, [], {"values": {"AUTO_BAN": "no"}}])
def test_it_shows_the_shape_of_its_body(admin: Caller, body: object) -> None:
    said = admin("POST", "/config/save", body).body["error"]
    assert said["message"].startswith("Write setting names and their values in one object")
    assert "fields" not in said


def test_a_message_names_a_setting_once(admin: Caller) -> None:
    said = admin("POST", "/config/save", {"LOG_LEVEL": "loud"}).body["error"]["message"]
    assert said.startswith("LOG_LEVEL does not take this value. One of debug")


@pytest.mark.parametrize("path", ["get", "save"])
def test_without_a_table_it_says_so(
    admin: Caller, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(bridge, "_settings", None)
    method = "GET" if path == "get" else "POST"
    answer = admin(method, f"/config/{path}", {"AUTO_BAN": "no"} if path == "save" else None)
    assert (answer.status, answer.code) == (503, "gateway_not_running")


def test_it_is_for_the_administrator(visitor: Caller) -> None:
    assert visitor("GET", "/config/get").status == 401
    assert visitor("POST", "/config/save", {"AUTO_BAN": "no"}).status == 401
    assert stored.rows() == {}
