"""The plainest instance of a schema."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.simulator import schema

NODE: dict[str, Any] = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["value", "children"],
        }
    },
    "$ref": "#/$defs/node",
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"type": "string"}, "some text"),
        ({"type": "string", "minLength": 12}, "some text..."),
        ({"type": "string", "maxLength": 4}, "some"),
        ({"type": "string", "format": "date"}, "2026-01-31"),
        ({"type": "string", "enum": ["b", "a"]}, "b"),
        ({"const": 5}, 5),
        ({"type": "INTEGER"}, 7),
        ({"type": "integer", "minimum": 10}, 10),
        ({"type": "integer", "exclusiveMinimum": 10}, 11),
        ({"type": "integer", "maximum": 3}, 3),
        ({"type": "integer", "minimum": 5, "multipleOf": 4}, 8),
        ({"type": "number"}, 7.0),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": ["null", "boolean"]}, True),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [True, True]),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, True),
        ({"properties": {"city": {"type": "STRING"}}}, {"city": "Paris"}),
        ({"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]},
         {"a": 1, "b": 2}),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"type": "boolean"}}}, True),
        ({}, "some text"),
    ],
)  # fmt: skip
def test_it_makes_an_instance(given: dict[str, Any], expected: object) -> None:
    assert schema.instance(given) == expected


def test_recursive_schemas_end() -> None:
    value, depth = schema.instance(NODE), 0
    while value["children"]:
        value, depth = value["children"][0], depth + 1
    assert 1 <= depth <= 6


def test_endless_references_end() -> None:
    assert schema.instance({"$ref": "#"}) == "some text"
