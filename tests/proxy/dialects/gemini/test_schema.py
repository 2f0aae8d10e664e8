from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from proxy.dialects.gemini import schema
from tests.proxy.dialects.gemini.bodies import anything


@pytest.mark.parametrize(
    ("subset", "plain"),
    [
        ({"type": "STRING"}, {"type": "string"}),
        ({"type": 6, "properties": {}}, {"type": "object", "properties": {}}),
        ({"type": "STRING", "nullable": True}, {"type": ["string", "null"]}),
        (
            {"type": "STRING", "enum": ["a"], "format": "enum", "nullable": True},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"any_of": [{"type": "STRING"}], "nullable": True},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        ({"type": "ARRAY", "minItems": "2"}, {"type": "array", "minItems": 2}),
        ({"ref": "#/defs/A", "defs": {"A": {}}}, {"$ref": "#/$defs/A", "$defs": {"A": {}}}),
        ({"type": "TYPE_UNSPECIFIED", "example": 1}, {"examples": [1]}),
        (
            {"type": "OBJECT", "properties": {"type": {"type": "STRING"}, "any_of": {}}},
            {"type": "object", "properties": {"type": {"type": "string"}, "any_of": {}}},
        ),
        ({"type": "OBJECT", "propertyOrdering": ["a"]}, {"type": "object"}),
    ],
    ids=str,
)
def test_the_subset_is_read_as_json_schema(subset: Any, plain: Any) -> None:
    assert schema.plain(subset) == plain


@given(anything)
def test_no_json_breaks_it(value: Any) -> None:
    schema.plain(value)
