from __future__ import annotations

import logging

import pytest
from django.test import Client
from rest_framework.exceptions import ValidationError

from keys import services
from panel.api.errors import answer
from tests.support.console import Caller, Person

pytestmark = pytest.mark.django_db


def test_a_mistake_of_ours_tells_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "potluck.panel"):
        said = answer(ZeroDivisionError("sk-secret"), {})
    assert said.status_code == 500
    assert said.data["error"]["code"] == "internal_error"
    assert "secret" not in str(said.data)
    assert caplog.records[0].exc_info is not None


@pytest.mark.parametrize(
    ("detail", "fields"),
    [
        ({"a": ["no"]}, {"a": "no"}),
        ({"a": {"b": ["no", "never"]}}, {"a.b": "no"}),
        ({"a": [{}, {"b": ["no"]}]}, {"a.1.b": "no"}),
        ({"a": {0: ["no"]}}, {"a.0": "no"}),
    ],
)
def test_nested_errors_are_named_by_their_place(detail: object, fields: object) -> None:
    said = answer(ValidationError(detail), {})  # type: ignore[arg-type]
    assert said.data["error"]["fields"] == fields


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("PUT", "/auth/keys", 405, "method_not_allowed"),
        ("GET", "/auth/keys/999", 404, "not_found"),
        ("POST", "/auth/keys/999/grant", 400, "invalid_request"),
    ],
)
def test_errors_of_the_framework_have_our_shape(
    admin: Caller, method: str, path: str, status: int, code: str
) -> None:
    found = admin(method, path, {})
    assert (found.status, found.code) == (status, code)
    assert found.body["error"]["message"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'"' + b"x" * 2**20 + b'"', "application/json", 413),
        (b"\xff\xfe", "application/json", 400),
        (b"password=x", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
    ],
    ids=["cut", "deep", "large", "no text", "form", "plain"],
)
def test_a_body_that_cannot_be_read(console: Client, body: bytes, kind: str, status: int) -> None:
    found = console.post("/auth/login", body, content_type=kind)
    assert found.status_code == status
    assert found.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/auth/keys?sort=sk-planted", None),
        ("GET", "/creds/status?sort=sk-planted", None),
        ("GET", "/auth/audit/export?form=sk-planted", None),
        ("GET", "/auth/logs/download?level=sk-planted", None),
        ("POST", "/auth/keys/actions", {"action": "sk-planted", "ids": [1]}),
        ("SK-PLANTED", "/auth/keys", None),
    ],
)
def test_an_error_does_not_repeat_what_was_sent(
    admin: Caller, method: str, path: str, body: object
) -> None:
    found = admin(method, path, body)
    assert found.status in (400, 405)
    assert "planted" not in str(found.body).lower()


def test_a_content_type_is_not_repeated(console: Client) -> None:
    found = console.post("/auth/login", b"{}", content_type="text/planted; boundary=planted")
    assert found.status_code == 415
    assert "planted" not in found.content.decode()


def test_a_refused_move_says_what_is_possible(admin: Caller, alice: Person) -> None:
    services.edit(alice.id, description="x")
    said = admin("POST", f"/auth/keys/{alice.id}/withdraw", {"units": 101})
    assert said.body["error"]["message"] == "0 units are used or reserved already."


@pytest.mark.parametrize(
    ("method", "accept", "kind"),
    [
        ("POST", "*/*", "application/json"),
        ("POST", "application/json", "application/json"),
        ("GET", "application/json", "application/json"),
        ("POST", "text/html,*/*;q=0.8", "text/html"),
        ("GET", "*/*", "text/html"),
    ],
)
def test_a_program_that_is_astray_is_told_the_paths(
    console: Client, method: str, accept: str, kind: str
) -> None:
    found = console.generic(method, "/v2/chat/completions", b"{}", headers={"accept": accept})
    assert (found.status_code, found.headers["content-type"].split(";")[0]) == (404, kind)
    if kind == "application/json":
        assert "/v1/chat/completions" in found.json()["error"]["message"]


def test_a_name_that_is_no_text_is_told_as_one_that_is(admin: Caller) -> None:
    said = admin("POST", "/auth/keys", {"\ud800": 1})
    assert (said.status, said.code, list(said.body["error"]["fields"])) == (
        400,
        "invalid_request",
        ["?"],
    )
