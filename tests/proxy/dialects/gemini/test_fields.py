from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects import reading
from proxy.dialects.gemini.fields import ABSENT, Reader, Writer, snake
from proxy.errors import GatewayError
from proxy.ir import Dialect, Opaque


def test_names_are_known_in_both_spellings() -> None:
    assert snake("thoughtSignature") == "thought_signature"
    for body in ({"topP": 1}, {"top_p": 1}):
        reader = Reader(body, "")
        assert reader.get("topP", reading.number) == 1
        writer = Writer(reader.opaque())
        writer.put("topP", 2)
        assert writer.done() == dict.fromkeys(body, 2)


@pytest.mark.parametrize("body", [{"a": {}}, {"a": {"x": 1}}, {"a": None}, {}], ids=str)
def test_an_inner_object_comes_back(body: Any) -> None:
    reader = Reader(body, "")
    reader.inner("a")
    writer = Writer(reader.opaque())
    writer.inner("a")
    assert writer.done() == body


def test_unknown_fields_are_data_also_further_in() -> None:
    reader = Reader({"a": {"x": 1}, "y": 2}, "")
    reader.inner("a")
    assert reader.opaque().data == {"a": {"x": 1}, "y": 2}


def test_a_memo_holds_only_while_the_value_is_the_same() -> None:
    reader = Reader({}, "")
    reader.memo("role", ABSENT, "user")
    for value, body in (("user", {}), ("model", {"role": "model"})):
        writer = Writer(reader.opaque())
        writer.put("role", value)
        assert writer.done() == body


def test_data_of_another_dialect_is_not_read() -> None:
    assert Writer(Opaque(Dialect.ANTHROPIC, data={"x": 1})).done() == {}


def test_a_wrong_type_is_named_as_the_client_spelt_it() -> None:
    with pytest.raises(GatewayError) as caught:
        Reader({"top_p": "1"}, "generationConfig").get("topP", reading.number)
    assert caught.value.param == "generationConfig.top_p"
