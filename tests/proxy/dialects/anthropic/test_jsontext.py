from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from proxy.dialects.anthropic.jsontext import arguments, encoded
from tests.proxy.dialects.anthropic import bodies


@given(bodies.objects)
def test_an_object_comes_back(value: Any) -> None:
    assert arguments(encoded(value)) == (value, True)


@pytest.mark.parametrize("text", ["[1]", "5", "{cut", "free text"])
def test_other_text_is_kept_whole(text: str) -> None:
    assert arguments(text) == ({"_raw": text}, False)


def test_what_json_cannot_say_in_unicode_is_escaped() -> None:
    assert encoded({"a": "\ud800"}) == '{"a":"\\ud800"}'


def test_a_deep_value_does_no_harm() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"a": deep}
    assert encoded(deep) == ""
    assert arguments("[" * 100_000)[1] is False
