"""The plainest value that a JSON Schema allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DEEP = 6
_FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_WORDS = {
    "location": "Paris",
    "city": "Paris",
    "country": "France",
    "query": "weather in Paris",
    "name": "Ada",
    "path": "README.md",
    "url": "https://example.com/",
    "expression": "6 * 7",
}


def instance(schema: Mapping[str, Any]) -> Any:
    """Takes JSON Schema and Google's dialect of it (upper-case types, `nullable`)."""
    return _value(schema, schema, name="", depth=0)


def _value(schema: Any, root: Mapping[str, Any], *, name: str, depth: int) -> Any:
    if not isinstance(schema, Mapping):
        return f"some {name or 'text'}"
    schema = _resolved(schema, root, depth)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("anyOf", "oneOf"):
        if schema.get(key):
            return _value(_simplest(schema[key]), root, name=name, depth=depth + 1)
    return _typed(schema, root, name=name, depth=depth)


def _typed(schema: Mapping[str, Any], root: Mapping[str, Any], *, name: str, depth: int) -> Any:
    match _kind(schema):
        case "object":
            return _object(schema, root, depth)
        case "array":
            length = int(schema.get("minItems") or (1 if depth < _DEEP else 0))
            item = schema.get("items", {})
            return [_value(item, root, name=name, depth=depth + 1) for _ in range(length)]
        case "integer" | "number" as kind:
            return _number(schema, whole=kind == "integer")
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return _string(schema, name)


def _object(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """Every property; far down only the required ones, so that recursive schemas end."""
    properties = schema.get("properties") or {}
    required = schema.get("required") or ()
    names = [name for name in properties if depth < _DEEP // 2 or name in required]
    if depth > 2 * _DEEP:
        names = []
    return {name: _value(properties[name], root, name=name, depth=depth + 1) for name in names}


def _number(schema: Mapping[str, Any], *, whole: bool) -> int | float:
    value = schema.get("minimum")
    if value is None and (above := schema.get("exclusiveMinimum")) is not None:
        value = above + 1 if whole else above + 0.5
    if value is None:
        value = min(7, schema.get("maximum", 7), schema.get("exclusiveMaximum", 8) - 1)
    step = schema.get("multipleOf")
    if step:
        value = -(-value // step) * step
    return int(value) if whole else float(value)


def _string(schema: Mapping[str, Any], name: str) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    text = _WORDS.get(name.lower(), f"some {name.replace('_', ' ') or 'text'}")
    text = text.ljust(int(schema.get("minLength") or 0), ".")
    return text[: int(schema["maxLength"])] if "maxLength" in schema else text


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if str(each).lower() != "null"), "null")
    if kind is None:
        return "object" if "properties" in schema else "array" if "items" in schema else "string"
    return str(kind).lower()


def _simplest(choices: list[Any]) -> Any:
    """The first that is not null and refers to nothing, so that recursion ends early."""
    plain = [each for each in choices if isinstance(each, Mapping) and _kind(each) != "null"]
    return min(plain, key=lambda each: "$ref" in each, default={"type": "null"})


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
    """With `$ref` followed and `allOf` merged."""
    for _ in range(_DEEP):
        reference = schema.get("$ref") or schema.get("ref")
        if not isinstance(reference, str):
            break
        schema = _pointer(root, reference)
    parts = schema.get("allOf") or ()
    merged = dict(schema)
    for part in parts if depth <= 2 * _DEEP else ():
        resolved = _resolved(part, root, depth + 1)
        for key, value in resolved.items():
            if key == "properties":
                merged[key] = {**merged.get(key, {}), **value}
            elif key == "required":
                merged[key] = [*merged.get(key, []), *value]
            else:
                merged.setdefault(key, value)
    return merged


def _pointer(root: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    found: Any = root
    for step in reference.lstrip("#").strip("/").split("/"):
        step = step.replace("~1", "/").replace("~0", "~")
        found = found.get(step, {}) if isinstance(found, Mapping) and step else found
    return found if isinstance(found, Mapping) else {}
