"""A file finds its format by what is in it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import importers
from credentials.importers import BadFile

NAMES = ("a.yaml", "a.toml", "a.json", ".env", "keys")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("keys.txt", b"key-0001\nkey-0002\nkey-0001"),
        ("keys.txt", b"\xef\xbb\xbfkey-0001\r\nkey-0002"),
        (".env", b"GEMINI_API_KEYS=key-0001,key-0002"),
        ("keys.json", b'["key-0001", "key-0002"]'),
        ("keys", b'{"keys": ["key-0001", "key-0002"]}'),
    ],
)
def test_each_secret_comes_once(name: str, data: bytes) -> None:
    assert [entry.secret for entry in importers.read(name, data).entries] == [
        "key-0001",
        "key-0002",
    ]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("config.yaml", b"api-keys:\n  - key-0001", "YAML"),
        ("keys.json", b'[{"color": "blue"}]', "Entry 1: An object in the file has no api_key"),
        ("photo.png", b"\x89PNG\xff\xfe", "UTF-8"),
        ("big.txt", b"x" * (11 << 20), "10 MB"),
        ("empty.txt", b"", "no API key"),
    ],
)
def test_other_files_are_refused_with_a_reason(name: str, data: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        importers.read(name, data)


def test_of_very_many_remarks_the_first_are_told() -> None:
    lines = [f"key-{number:04}" for number in range(200)] + ["no key"] * 60
    notes = importers.read("keys.txt", "\n".join(lines).encode()).notes
    assert len(notes) == 51
    assert str(notes[-1]) == "And 10 more like these."


def test_a_file_has_an_end() -> None:
    keys = "\n".join(f"key-{number:08}" for number in range(20_001))
    with pytest.raises(BadFile, match="20,000"):
        importers.read("keys.txt", keys.encode())


def test_the_same_key_may_serve_two_providers() -> None:
    data = b'[{"api_key": "key-0001", "provider": "one"}, {"api_key": "key-0001"}]'
    assert [entry.provider for entry in importers.read("keys", data).entries] == ["one", ""]


@given(st.sampled_from(NAMES), st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_is_brought_it_is_read_or_refused(name: str, data: bytes) -> None:
    with contextlib.suppress(BadFile):
        assert importers.read(name, data).entries
