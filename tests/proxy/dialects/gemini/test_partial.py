from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.gemini.partial import Pending, streamed


def args(*pieces: Any) -> Any:
    pending = Pending({"name": "f", "willContinue": True}, None)
    pending.add(list(pieces))
    return pending.part()["functionCall"]["args"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.a", {"a": 1}),
        ("$.a.b", {"a": {"b": 1}}),
        ("$.a[1].b", {"a": [None, {"b": 1}]}),
        ("$['a b'][\"c\"]", {"a b": {"c": 1}}),
        ("$", {}),
        ("a", {}),
        ("$.a[99999]", {"a": []}),
        ("$..a", {}),
    ],
)
def test_a_path_names_a_place(path: str, expected: Any) -> None:
    assert args({"jsonPath": path, "numberValue": 1}) == expected


def test_strings_grow_and_others_replace() -> None:
    path = {"jsonPath": "$.a"}
    found = args(
        path | {"stringValue": "x", "willContinue": True},
        path | {"stringValue": "y"},
        {"jsonPath": "$.b", "boolValue": True},
        {"jsonPath": "$.c", "nullValue": "NULL_VALUE"},
    )
    assert found == {"a": "xy", "b": True, "c": None}


def test_a_place_that_became_another_kind_is_made_anew() -> None:
    found = args({"jsonPath": "$.a", "numberValue": 1}, {"jsonPath": "$.a.b", "numberValue": 2})
    assert found == {"a": {"b": 2}}


def test_only_pieces_are_streamed() -> None:
    assert streamed({"name": "f", "willContinue": True})
    assert not streamed({"name": "f", "args": {}})
