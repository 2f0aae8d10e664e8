"""Files of one account."""

from __future__ import annotations

import json
from typing import Any

import pytest

from credentials.documents import OAuthAccount
from credentials.importers import accounts
from credentials.importers.entry import Entry, Remark
from credentials.kinds import Kind
from tests.credentials.fakes import pem, robot
from tests.credentials.importers import FIXTURES

PERSON = {"refresh_token": "planted-r", "client_id": "c"}
ROBOT = {
    "type": "service_account",
    "client_email": robot().client_email,
    "private_key": pem(),
    "private_key_id": "planted-id",
    "project_id": "my-project",
}


def taken(**item: Any) -> Entry:
    (entry,) = accounts.take(item) or []
    assert isinstance(entry, Entry), str(entry)
    return entry


@pytest.mark.parametrize(
    ("file", "token"), [("gcli.json", "planted-gcli"), ("cliproxy-gemini.json", "planted-cpa")]
)
def test_an_account_of_another_gateway(file: str, token: str) -> None:
    entry = taken(**json.loads((FIXTURES / file).read_text()))
    assert entry.kind is Kind.CODE_ASSIST
    assert isinstance(entry.secret, OAuthAccount)
    assert (entry.secret.refresh_token, entry.secret.project) == (token, "my-project")
    assert (entry.secret.client_id, entry.secret.token_uri) == ("planted-client", "")
    assert entry.secret.expires_at is not None


def test_a_service_account_of_cliproxyapi_keeps_its_region() -> None:
    entry = taken(type="vertex", service_account=ROBOT, project_id="p", location="us-central1")
    assert (entry.secret, entry.kind) == (robot(), Kind.VERTEX)
    assert entry.extra == {"location": "us-central1"}
    assert taken(type="vertex", service_account=ROBOT, location="../planted").extra == {}


def test_what_belongs_to_an_account_comes_along() -> None:
    entry = taken(**PERSON, proxy_url="http://p.example:1", weight=3, disabled=True, label=" me\n")
    assert (entry.proxy, entry.weight, entry.enabled) == ("http://p.example:1", 3, False)
    assert entry.label == "me"


@pytest.mark.parametrize("client", sorted(accounts.CLIENTS))
def test_an_account_of_another_client_is_refused_with_the_reason(client: str) -> None:
    (remark,) = accounts.take({"type": client, **PERSON}) or []
    assert isinstance(remark, Remark)
    assert f"An account of {accounts.CLIENTS[client]} is not imported" in str(remark)
    assert "passes for that client" in str(remark)


@pytest.mark.parametrize(
    "item",
    [
        {"claudeAiOauth": {"accessToken": "planted"}},
        {**PERSON, "scopes": ["https://www.googleapis.com/auth/cclog"]},
        {**PERSON, "scope": "openid https://www.googleapis.com/auth/experimentsandconfigs"},
    ],
)
def test_such_accounts_are_known_without_a_type(item: dict[str, Any]) -> None:
    (remark,) = accounts.take(item) or []
    assert "passes for that client" in str(remark)


def test_of_codex_the_api_key_is_taken() -> None:
    pieces = accounts.take({"OPENAI_API_KEY": "planted-k", "tokens": {"access_token": "x"}})
    assert pieces == [Entry("planted-k", Kind.OPENAI), accounts.posing("Codex")]
    assert accounts.take({"OPENAI_API_KEY": None, "tokens": None}) == []


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({"type": "planted", **PERSON}, "type of account"),
        ({"type": ["planted"], **PERSON}, "type of account"),
        ({**PERSON, "proxy_url": "planted"}, "A proxy is"),
        ({"access_token": "planted"}, "refresh_token"),
    ],
)
def test_a_broken_account_is_told_and_not_quoted(item: dict[str, Any], says: str) -> None:
    (remark,) = accounts.take(item) or []
    assert isinstance(remark, Remark)
    assert says in str(remark)
    assert "planted" not in str(remark)


def test_what_is_no_account_is_left_to_others() -> None:
    assert accounts.take({"api_key": "k"}) is None
