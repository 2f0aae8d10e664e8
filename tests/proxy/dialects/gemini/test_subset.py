from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from proxy.dialects.gemini.schema import plain
from proxy.dialects.gemini.subset import subset
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


def test_a_schema_that_grows_without_end_is_cut() -> None:
    fan = {"properties": {str(n): {"$ref": f"#/$defs/{n}"} for n in range(9)}}
    made = subset({**fan, "$defs": {str(n): fan for n in range(9)}})
    assert made["type"] == "OBJECT"


def test_rules_that_double_at_every_step_are_cut() -> None:
    double = {str(n): {"allOf": [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(60)}
    assert subset({"allOf": [{"$ref": "#/$defs/0"}], "$defs": double}) == {}


def test_all_of_itself_does_not_hang() -> None:
    assert subset({"allOf": [{"$ref": "#"}], "type": "object"})["type"] == "OBJECT"


@given(anything)
def test_no_json_breaks_it(value: Any) -> None:
    subset(value)
    plain(subset({"properties": {"a": value}, "allOf": [value], "items": value}))
