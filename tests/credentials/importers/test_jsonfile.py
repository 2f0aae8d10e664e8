"""Keys in JSON."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from credentials.importers import jsonfile
from credentials.importers.entry import BadFile, Entry, Remark
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
    assert all(isinstance(entry, Entry) for entry in entries)
    assert [entry.kind for entry in entries if isinstance(entry, Entry)] == [
        Kind.VERTEX,
        Kind.CODE_ASSIST,
        None,
        Kind.CODE_ASSIST,
    ]
    assert isinstance(entries[0], Entry)
    assert entries[0].secret == robot()
    one = jsonfile.read("oauth_creds.json", json.dumps(cli))
    assert one == [entries[1]]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"type": "service_account", "private_key": "p"}, "client_email"),
        ({"type": "authorized_user", "client_id": "c"}, "refresh_token"),
        ({"type": "gemini", "token": {"access_token": "a"}}, "refresh_token"),
        ([{"refresh_token": "r", "token_uri": "http://x"}], "Entry 1: .*https"),
        ({"color": "blue"}, "no api_key"),
        ([7], "neither"),
        ({"api_key": "k", "base_url": "ftp://x"}, "base URL"),
    ],
)
def test_what_is_no_key_is_told(data: Any, says: str) -> None:
    (piece,) = jsonfile.read("account.json", json.dumps(data)) or []
    assert isinstance(piece, Remark)
    assert re.search(says, str(piece))


@pytest.mark.parametrize("data", [{"api_keys": []}, 7, [], {"data": []}])
def test_no_keys(data: Any) -> None:
    with pytest.raises(BadFile, match="no API key"):
        jsonfile.read("account.json", json.dumps(data))


def test_a_bad_one_does_not_stop_the_others() -> None:
    pieces = jsonfile.read("keys", json.dumps(["k1", {"color": "blue"}, 7, "k2"])) or []
    assert [piece for piece in pieces if isinstance(piece, Entry)] == [Entry("k1"), Entry("k2")]
    assert [str(piece) for piece in pieces if isinstance(piece, Remark)] == [
        "Entry 2: An object in the file has no api_key.",
        "Entry 3 is neither a text nor an object.",
    ]


def test_all_lists_of_an_object_are_read() -> None:
    data = {"keys": ["k1"], "credentials": ["k2"], "data": {"items": [{"key_value": "k3"}]}}
    assert jsonfile.read("keys", json.dumps(data)) == [Entry("k1"), Entry("k2"), Entry("k3")]


def test_a_key_of_gpt_load_that_is_invalid_is_brought_disabled() -> None:
    listed = {"code": 0, "data": {"items": [{"key_value": "k1", "status": "invalid"}]}}
    assert jsonfile.read("keys", json.dumps(listed)) == [Entry("k1", enabled=False)]


@pytest.mark.parametrize(
    ("said", "provider"),
    [
        ({"base_url": "https://api.example.com/v1/"}, "example"),
        ({"base_url": "https://api.example.com/v1", "provider": "Kimi K2"}, "kimi-k2"),
        ({"provider": "openai"}, "openai"),
        ({"provider": "xai"}, "xai-compatible"),
        ({}, ""),
    ],
)
def test_a_key_goes_where_its_object_says(said: dict[str, str], provider: str) -> None:
    (entry,) = jsonfile.read("key", json.dumps({"api_key": "k", **said})) or []
    assert isinstance(entry, Entry)
    assert (entry.provider, entry.base_url) == (provider, said.get("base_url", "").rstrip("/"))


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "nothing"])
def test_broken_json(text: str) -> None:
    with pytest.raises(BadFile, match="JSON"):
        jsonfile.read("broken.json", text)


def test_other_files_are_left_to_others() -> None:
    assert jsonfile.read("keys.txt", "key-0001") is None
