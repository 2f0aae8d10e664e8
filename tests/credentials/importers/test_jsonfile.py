"""Keys in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from credentials.importers import jsonfile
from credentials.importers.entry import BadFile, Entry
from credentials.kinds import Kind
from tests.credentials.fakes import pem, robot


@pytest.mark.parametrize(
    ("data", "entries"),
    [
        (["k1", " k2 "], [Entry("k1"), Entry("k2")]),
        ([{"api_key": "k1", "name": "mine"}], [Entry("k1", label="mine")]),
        ({"api_keys": ["k1"]}, [Entry("k1")]),
        ({"GEMINI_API_KEYS": ["k1"], "version": 2}, [Entry("k1")]),
        ({"keys": [{"key": "k1"}, "k2"]}, [Entry("k1"), Entry("k2")]),
        ({"apiKey": "k1", "email": "a@b"}, [Entry("k1", label="a@b")]),
    ],
)
def test_keys(data: Any, entries: list[Entry]) -> None:
    assert jsonfile.read("keys", json.dumps(data)) == entries


def test_accounts() -> None:
    robots = {"type": "service_account", "client_email": robot().client_email}
    robots |= {"private_key": pem(), "private_key_id": "planted-id", "project_id": "my-project"}
    cli = {"access_token": "a", "refresh_token": "r", "expiry_date": 1}
    nested = {"type": "gemini", "token": {"refresh_token": "s"}, "email": "a@b"}
    entries = jsonfile.read("accounts.json", json.dumps([robots, cli, {"api_key": "k"}, nested]))
    assert entries is not None
    assert [entry.kind for entry in entries] == [
        Kind.VERTEX,
        Kind.CODE_ASSIST,
        None,
        Kind.CODE_ASSIST,
    ]
    assert entries[0].secret == robot()
    one = jsonfile.read("oauth_creds.json", json.dumps(cli))
    assert one == [entries[1]]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"type": "service_account", "private_key": "p"}, "client_email"),
        ({"type": "authorized_user", "client_id": "c"}, "refresh_token"),
        ({"type": "gemini", "token": {"access_token": "a"}}, "refresh_token"),
        ([{"refresh_token": "r", "token_uri": "http://x"}], "https"),
        ({"color": "blue"}, "no api_key"),
        ({"api_keys": []}, "no API key"),
        ([7], "neither"),
        (7, "no API key"),
        ([], "no API key"),
    ],
)
def test_no_keys(data: Any, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        jsonfile.read("account.json", json.dumps(data))


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "nothing"])
def test_broken_json(text: str) -> None:
    with pytest.raises(BadFile, match="JSON"):
        jsonfile.read("broken.json", text)


def test_other_files_are_left_to_others() -> None:
    assert jsonfile.read("keys.txt", "key-0001") is None
