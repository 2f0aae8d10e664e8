"""A file finds its format by what is in it."""

from __future__ import annotations

import pytest

from credentials import importers
from credentials.importers import BadFile


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
    assert [entry.secret for entry in importers.read(name, data)] == ["key-0001", "key-0002"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("config.yaml", b"api-keys:\n  - key-0001", "YAML"),
        ("photo.png", b"\x89PNG\xff\xfe", "UTF-8"),
        ("big.txt", b"x" * (11 << 20), "10 MB"),
        ("empty.txt", b"", "no API key"),
    ],
)
def test_other_files_are_refused_with_a_reason(name: str, data: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        importers.read(name, data)
