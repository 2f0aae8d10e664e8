"""JSON objects as text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dialects import jsontext

FINITE = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | FINITE
OBJECTS = st.dictionaries(st.text(max_size=8), VALUES | st.lists(VALUES, max_size=2), max_size=3)


def nested() -> Any:
    """Deeper than any writer goes."""
    deep: Any = {}
    for _ in range(100_000):
        deep = {"a": deep}
    return deep


@given(OBJECTS, st.sampled_from(["", "{}"]))
def test_an_object_comes_back(value: Any, empty: str) -> None:
    assert jsontext.arguments(jsontext.encoded(value, empty)) == (value, True)


@pytest.mark.parametrize(
    ("text", "args", "whole"),
    [
        ("", {}, True),
        (" ", {}, True),
        ('{"a": 1}', {"a": 1}, True),
        (' \n{"a": 1}', {"a": 1}, True),
        ('{"a":', {"_raw": '{"a":'}, False),
        ("{cut", {"_raw": "{cut"}, False),
        ("[1]", {"_raw": "[1]"}, False),
        ("5", {"_raw": "5"}, False),
        ("free text", {"_raw": "free text"}, False),
    ],
)
def test_arguments_are_an_object(text: str, args: object, whole: bool) -> None:
    assert jsontext.arguments(text) == (args, whole)


@pytest.mark.parametrize(
    ("value", "text"),
    [({"a": "é"}, '{"a":"é"}'), ({"n": 10**30}, '{"n":' + "1" + "0" * 30 + "}")],
    ids=["text", "large number"],
)
def test_json_is_compact(value: object, text: str) -> None:
    assert jsontext.encoded(value) == text


def test_what_json_cannot_say_in_unicode_is_escaped() -> None:
    assert jsontext.encoded({"a": "\ud800"}) == '{"a":"\\ud800"}'


@pytest.mark.parametrize("empty", ["", "{}"])
def test_a_dialect_says_what_an_empty_object_is(empty: str) -> None:
    assert jsontext.encoded({}, empty) == empty
    assert jsontext.encoded([], empty) == "[]"


def test_a_deep_value_does_no_harm() -> None:
    deep = nested()
    assert jsontext.encoded(deep) == "{}"
    assert jsontext.encoded(deep, empty="") == ""
    assert jsontext.arguments("[" * 100_000)[1] is False
    assert jsontext.arguments('{"a":' * 100_000)[1] is False
