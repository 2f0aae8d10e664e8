from __future__ import annotations

import pytest

from proxy.dialects.gemini import jsontext


@pytest.mark.parametrize(
    ("text", "args", "whole"),
    [
        ("", {}, True),
        (" ", {}, True),
        ('{"a": 1}', {"a": 1}, True),
        ('{"a":', {"_raw": '{"a":'}, False),
        ("[1]", {"_raw": "[1]"}, False),
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


def test_a_lone_surrogate_does_not_break_it() -> None:
    assert jsontext.encoded({"a": "\ud800"}) == '{"a":"\\ud800"}'
