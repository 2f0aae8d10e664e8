"""Reading JSON with complaints that name the place."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects import reading
from proxy.errors import ErrorKind, GatewayError


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (reading.obj, {}, []),
        (reading.array, [1], {}),
        (reading.text, "", 1),
        (reading.number, 0.5, True),
        (reading.number, 3, "3"),
        (reading.integer, 3, 3.5),
        (reading.integer, 5.0, False),
        (reading.flag, False, 0),
    ],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_a_reader_takes_its_type_only(kind: reading.Kind[Any], good: Any, bad: Any) -> None:
    assert kind(good, "x") == good
    with pytest.raises(GatewayError, match=r"^x must be ") as caught:
        kind(bad, "x")
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
    assert caught.value.param == "x"


def test_null_counts_as_absent() -> None:
    assert reading.get({"a": None}, "a", reading.text, "") is None
    assert reading.get({"a": None}, "a", reading.text, "", "b") == "b"
    assert reading.get({}, "a", reading.text, "") is None


def test_a_complaint_names_the_whole_path() -> None:
    with pytest.raises(GatewayError, match=r"messages\[2\]\.content must be a string"):
        reading.get({"content": 5}, "content", reading.text, reading.place("messages", 2))


def test_a_missing_field_is_named() -> None:
    with pytest.raises(GatewayError, match=r"^model is missing$") as caught:
        reading.need({"model": None}, "model", reading.text, "")
    assert caught.value.param == "model"


def test_the_body_itself_has_no_param() -> None:
    with pytest.raises(GatewayError, match=r"^the body must be an object$") as caught:
        reading.obj([], "")
    assert caught.value.param is None


def test_the_rest_is_what_is_not_known() -> None:
    assert reading.rest({"a": 1, "b": 2}, frozenset("a")) == {"b": 2}
