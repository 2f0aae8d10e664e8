from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given

from proxy.dialects.gemini.schema import plain
from proxy.dialects.gemini.subset import subset
from proxy.errors import ErrorKind, GatewayError
from tests.proxy.dialects.gemini.bodies import anything

STRING = {"type": "STRING"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, STRING),
        ({"type": ["string", "null"]}, {"type": "STRING", "nullable": True}),
        ({"const": "a"}, {"type": "STRING", "enum": ["a"]}),
        ({"enum": ["a", None]}, {"type": "STRING", "nullable": True, "enum": ["a"]}),
        ({"type": "integer", "const": 3}, {"type": "INTEGER", "description": "one of: [3]"}),
        (
            {"type": "string", "description": "A name", "minLength": 2, "default": "x"},
            {"type": "STRING", "description": 'A name (minLength: 2; default: "x")'},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
            {"type": "STRING", "nullable": True},
        ),
        (
            {"type": ["string", "integer"]},
            {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]},
        ),
        ({"type": "array"}, {"type": "ARRAY", "items": STRING}),
        (
            {"prefixItems": [{"type": "string"}, {"type": "number"}]},
            {"type": "ARRAY", "items": {"anyOf": [STRING, {"type": "NUMBER"}]}},
        ),
        (
            {"type": "string", "format": "date-time"},
            {"type": "STRING", "format": "date-time"},
        ),
        ({"type": "string", "format": "uri"}, {"type": "STRING", "description": 'format: "uri"'}),
        (
            {
                "allOf": [
                    {"properties": {"a": {"type": "string"}}, "required": ["a"]},
                    {"properties": {"b": {"type": "string"}}, "required": ["b"]},
                ]
            },
            {"type": "OBJECT", "properties": {"a": STRING, "b": STRING}, "required": ["a", "b"]},
        ),
    ],
    ids=str,
)
def test_json_schema_is_said_in_the_subset(schema: Any, expected: Any) -> None:
    assert subset(schema) == expected


def test_a_property_may_have_a_keywords_name() -> None:
    names = {name: {"type": "string"} for name in ("title", "default", "const", "$ref", "allOf")}
    made = subset({"type": "object", "properties": names, "required": ["title", "gone"]})
    assert made["properties"].keys() == names.keys()
    assert made["required"] == ["title"]


def test_references_are_inlined_and_recursion_stops() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
    made = subset({"$ref": "#/$defs/Node", "$defs": {"Node": node}})
    inner = made["properties"]["next"]
    assert inner == {"type": "OBJECT", "description": "the same as Node"}


def test_words_beside_a_reference_count() -> None:
    schema = {"properties": {"a": {"$ref": "#/definitions/A", "description": "mine"}}}
    made = subset({**schema, "definitions": {"A": {"type": "string", "description": "theirs"}}})
    assert made["properties"]["a"] == {"type": "STRING", "description": "mine"}


def ladder(rung: Callable[[str], dict[str, Any]], height: int) -> dict[str, Any]:
    """Definitions of which each refers to the next, as often as `rung` does."""
    defs = {str(n): rung(f"#/$defs/{n + 1}") for n in range(height)}
    return {**rung("#/$defs/0"), "$defs": {**defs, str(height): {"type": "string"}}}


RUNGS: dict[str, Callable[[str], dict[str, Any]]] = {
    "properties": lambda to: {"properties": {"a": {"$ref": to}, "b": {"$ref": to}}},
    "rules": lambda to: {"allOf": [{"$ref": to}, {"$ref": to}]},
    "options": lambda to: {"anyOf": [{"$ref": to}, {"$ref": to}]},
    "places": lambda to: {"type": "array", "prefixItems": [{"$ref": to}, {"$ref": to}]},
}


@pytest.mark.parametrize("rung", RUNGS.values(), ids=RUNGS.keys())
def test_a_ladder_of_references_is_refused(rung: Callable[[str], dict[str, Any]]) -> None:
    subset(ladder(rung, 4))
    with pytest.raises(GatewayError, match="references") as caught:
        subset(ladder(rung, 40))
    assert caught.value.kind is ErrorKind.INVALID_REQUEST


def test_a_long_text_that_is_referred_to_often_is_refused() -> None:
    long = {"type": "string", "default": "x" * 50_000}
    names = {str(n): {"$ref": "#/$defs/long"} for n in range(200)}
    with pytest.raises(GatewayError, match="references"):
        subset({"properties": names, "$defs": {"long": long}})


def test_definitions_that_are_used_often_are_written_out() -> None:
    names = {str(n): {"$ref": "#/$defs/Address"} for n in range(30)}
    address = {"type": "object", "properties": {"street": {"type": "string"}, "no": {}}}
    made = subset({"properties": names, "$defs": {"Address": address}})
    assert len(made["properties"]) == 30
    assert made["properties"]["7"]["properties"]["street"] == STRING


@given(anything)
def test_the_result_is_not_much_larger_than_the_schema(value: Any) -> None:
    schema = {"properties": {"a": value, "b": {"$ref": "#/properties/a"}}, "allOf": [value] * 3}
    with suppress(GatewayError):
        assert len(json.dumps(subset(schema))) < 10_000 + 40 * len(json.dumps(schema))


def test_a_schema_is_never_changed() -> None:
    rules = [{"properties": {str(n): {}}, "required": [str(n)]} for n in range(3)]
    schema = {"properties": {"x": {}}, "required": ["x"], "allOf": rules}
    before = json.dumps(schema)
    assert subset(schema)["required"] == ["x", "0", "1", "2"]
    assert json.dumps(schema) == before


def test_all_of_itself_does_not_hang() -> None:
    assert subset({"allOf": [{"$ref": "#"}], "type": "object"})["type"] == "OBJECT"


@given(anything)
def test_no_json_breaks_it(value: Any) -> None:
    subset(value)
    plain(subset({"properties": {"a": value}, "allOf": [value], "items": value}))
    subset({"properties": {"a": {}}, "required": [value], "prefixItems": [value], "enum": [value]})
