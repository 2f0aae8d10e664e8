"""JSON Schema ↔ the OpenAPI subset of Gemini's `parameters` and `responseSchema`.

`plain` reads the subset. `subset` writes it, for upstreams that know no `parametersJsonSchema`.
Both are total: what is no schema comes back as it is. The subset's fields are those of
https://ai.google.dev/api/caching#Schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.gemini import enums
from proxy.dialects.gemini.subset import subset

__all__ = ["plain", "subset"]

_DEPTH = 64

_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})

_RENAMED = {
    "any_of": "anyOf",
    "max_items": "maxItems",
    "min_items": "minItems",
    "max_length": "maxLength",
    "min_length": "minLength",
    "max_properties": "maxProperties",
    "min_properties": "minProperties",
    "additional_properties": "additionalProperties",
    "ref": "$ref",
    "defs": "$defs",
}

# Google's JSON writes 64-bit integers as strings.
_COUNTS = frozenset(
    {"maxItems", "minItems", "maxLength", "minLength", "maxProperties", "minProperties"}
)

# `format: enum` only says that `enum` is there; property order has no meaning in JSON Schema.
_DROPPED = frozenset({"nullable", "propertyOrdering", "property_ordering", "type", "example"})


def plain(schema: Any, depth: int = 0) -> Any:
    """The subset as JSON Schema: lower-case types, `nullable` as a type list."""
    if not isinstance(schema, Mapping) or depth > _DEPTH:
        return schema
    made: JSON = {}
    kind = _type(schema.get("type"))
    if kind is not None:
        made["type"] = kind
    for key, value in schema.items():
        if key not in _DROPPED and (key, value) != ("format", "enum"):
            name = _RENAMED.get(str(key), str(key))
            made[name] = _value(name, value, depth)
    if "example" in schema:
        made["examples"] = [schema["example"]]
    if schema.get("nullable") is True:
        _allow_null(made)
    return made


def _type(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        value = enums.name(value, enums.TYPES)
    if not isinstance(value, str):
        return value
    lower = value.lower()
    return None if lower == "type_unspecified" else lower if lower in _TYPES else value


def _value(name: str, value: Any, depth: int) -> Any:
    if name in ("properties", "$defs") and isinstance(value, Mapping):
        # The keys are names that people chose, whatever they look like.
        return {key: plain(below, depth + 1) for key, below in value.items()}
    if name in ("items", "additionalProperties"):
        return plain(value, depth + 1)
    if name == "anyOf" and isinstance(value, list):
        return [plain(below, depth + 1) for below in value]
    if name == "$ref" and isinstance(value, str):
        return value.replace("#/defs/", "#/$defs/", 1)
    if name in _COUNTS and isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value


def _allow_null(made: JSON) -> None:
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if isinstance(made.get("enum"), list) and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
    elif isinstance(made.get("anyOf"), list):
        made["anyOf"] = [*made["anyOf"], {"type": "null"}]
