"""Keys in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from credentials.importers import jsonfile
from credentials.importers.entry import BadFile, Entry


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


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"type": "service_account", "private_key": "p"}, "service account"),
        ({"access_token": "a", "refresh_token": "r", "expiry_date": 1}, "OAuth"),
        ({"type": "authorized_user", "client_id": "c"}, "OAuth"),
        ({"type": "gemini", "token": {"refresh_token": "r"}, "project_id": "p"}, "OAuth"),
        ([{"refresh_token": "r"}], "OAuth"),
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
