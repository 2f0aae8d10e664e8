"""Lists of keys as people keep them."""

from __future__ import annotations

import pytest

from credentials.importers import keylist
from credentials.importers.entry import BadFile, Entry, Remark


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("key-0001\nkey-0002\n", ["key-0001", "key-0002"]),
        ("\n# mine\nkey-0001 # spare\r\n\n", ["key-0001"]),
        ("key-0001, key-0002,\nkey-0003", ["key-0001", "key-0002", "key-0003"]),
        ("\"key-0001\",\n'key-0002'", ["key-0001", "key-0002"]),
        ("a2V5LTAwMDE==", ["a2V5LTAwMDE=="]),
    ],
)
def test_keys(text: str, keys: list[str]) -> None:
    assert keylist.read("keys.txt", text) == [Entry(key) for key in keys]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no API key"),
        ("# nothing", "no API key"),
        ("key-0001\nDear admin, here", "Line 2"),
        ("short", "Line 1"),
        ("key-ключ", "Line 1"),
    ],
)
def test_no_keys(text: str, says: str) -> None:
    with pytest.raises(BadFile, match=says) as caught:
        keylist.read("keys.txt", text)
    assert "admin" not in str(caught.value)


def test_the_value_of_a_variable_is_split_at_commas() -> None:
    assert keylist.split(" a, b,,'c' ") == ["a", "b", "c"]
    assert keylist.split("") == []


def test_a_broken_line_among_keys_is_passed_over() -> None:
    assert keylist.read("keys.txt", "key-0001\nshort\nkey-0002") == [
        Entry("key-0001"),
        Entry("key-0002"),
        Remark("Line %(line)d is no API key.", {"line": 2}),
    ]
