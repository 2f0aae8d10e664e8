from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects import reading
from proxy.dialects.anthropic.fields import Reader, Writer, mine
from proxy.errors import GatewayError
from proxy.ir import Dialect, Opaque


def again(value: dict[str, Any], **changed: Any) -> dict[str, Any]:
    reader = Reader(value, "x")
    name, on = reader.string("name"), reader.flag("on")
    inner = reader.inner("box")
    size = inner.get("size", reading.integer) if inner else None
    writer = Writer(reader.opaque())
    said = {"name": name or None, "on": on or None, "size": size, **changed}
    writer.put("name", said["name"])
    writer.put("on", said["on"])
    writer.inner("box").put("size", said["size"])
    return writer.done()


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"name": "a", "on": True, "box": {"size": 1}},
        {"name": "", "on": False, "box": {}},
        {"name": None, "on": None, "box": None},
        {"box": {"size": None, "more": [1]}, "more": 2},
    ],
)
def test_an_object_is_written_as_it_was_read(value: dict[str, Any]) -> None:
    assert again(value) == value


def test_a_changed_value_wins() -> None:
    assert again({"name": "", "box": None}, name="b", size=2) == {"name": "b", "box": {"size": 2}}


def test_what_is_usual_may_be_missing() -> None:
    for value in ({}, {"name": None}):
        reader = Reader(value, "")
        assert reader.raw("name") is None
        reader.usual("name", "a")
        writer = Writer(reader.opaque())
        writer.put("name", "a")
        assert writer.done() == value


def test_what_another_dialect_kept_is_not_written() -> None:
    other = Opaque(Dialect.GEMINI, {"x": 1})
    assert mine(other) is None
    assert Writer(other).done() == {}


def test_a_missing_field_is_named() -> None:
    with pytest.raises(GatewayError) as caught:
        Reader({"a": None}, "x[1]").need("a", reading.text)
    assert caught.value.param == "x[1].a"
