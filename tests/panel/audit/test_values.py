from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from keys.models import EntryKind
from panel.audit import values
from panel.audit.values import CUT, HIDDEN

SECRET = "planted5ecret0123456789"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (0.5, 0.5),
        (float("nan"), "nan"),
        ("额度", "额度"),
        (datetime(2026, 11, 21, tzinfo=UTC), "2026-11-21T00:00:00+00:00"),
        (EntryKind.GRANT, EntryKind.GRANT.value),
        (("b", "a"), ["b", "a"]),
        ({"b", "a"}, ["a", "b"]),
        ({"x": {"y": 1}}, {"x": {"y": 1}}),
        (b"x", "b'x'"),
        ("a\0\ud800", "a\ufffd?"),
    ],
)
def test_values_become_json(value: object, kept: object) -> None:
    assert values.safe({"it": value}) == {"it": kept}


@pytest.mark.parametrize(
    "given",
    [
        {"password": SECRET},
        {"new_token": SECRET},
        {"api_key": SECRET},
        {"API_KEYS": SECRET},
        {"private_key": SECRET},
        {"deep": [{"secret": SECRET}]},
        {"said": f"it was sk-{SECRET}"},
        {"said": f"AIza{SECRET}"},
        {"proxy": f"http://ada:{SECRET}@proxy.example:8080"},
    ],
    ids=str,
)
def test_a_secret_is_hidden(given: dict[str, Any]) -> None:
    text = values.text(values.safe(given))
    assert SECRET not in text
    assert HIDDEN in text


@pytest.mark.parametrize("given", [{"token": 5}, {"input_tokens": "9"}, {"password": ""}])
def test_what_is_no_secret_is_told(given: dict[str, Any]) -> None:
    assert values.safe(given) == given


def test_a_setting_of_any_size_is_kept_whole() -> None:
    text = "x" * values.LONGEST
    assert values.safe({"value": text}) == {"value": text}
    assert values.whole(text) and values.whole("")


@pytest.mark.parametrize("value", ["x" * 20_001, f"sk-{SECRET}", 5, None])
def test_what_was_not_kept_whole_cannot_be_brought_back(value: object) -> None:
    assert not values.whole(values.safe({"value": value})["value"])


@pytest.mark.parametrize(
    "given",
    [
        {str(name): "x" * 20_000 for name in range(50)},
        {"many": ["x" * 1_000] * 5_000},
        {str(name): ["x" * 300] * 150 for name in range(50)},
        {"deep": {"a": {"b": {"c": {"d": ["x" * 90_000] * 9}}}}},
    ],
    ids=["long", "many", "wide", "deep"],
)
def test_an_entry_has_a_bounded_size(given: dict[str, Any]) -> None:
    found = values.safe(given)
    assert 0 < len(values.text(found)) <= 50_000
    assert CUT in values.text(found)


def test_what_is_stored_is_read_again() -> None:
    found = {"b": "额", "a": [1, None]}
    assert values.text(found) == '{"a":[1,null],"b":"额"}'
    assert values.read(values.text(found)) == found
    assert values.read("[1]") == values.read("{") == values.read("[" * 99_999) == {}
