"""JSON Schema → Gemini's OpenAPI subset: references inlined, the unsayable put into words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from proxy.dialects.base import JSON

_NODES = 4000
_DEPTH = 48

# What the subset has, apart from `type`, `nullable`, `enum`, `format` and what holds schemas.
_SAID = frozenset(
    {"title", "description", "minItems", "maxItems", "minimum", "maximum", "propertyOrdering"}
)

# Handled by name, or without meaning for a model.
_SILENT = frozenset(
    {
        "$schema", "$id", "$ref", "$defs", "$comment", "$anchor", "definitions", "type", "nullable",
        "enum", "const", "format", "properties", "required", "items", "prefixItems", "anyOf",
        "oneOf", "allOf",
    }
)  # fmt: skip

_FORMATS = {
    "string": frozenset({"date-time", "enum"}),
    "number": frozenset({"float", "double"}),
    "integer": frozenset({"int32", "int64"}),
}


def subset(schema: Any) -> JSON:
    """The subset closest to `schema`; never fails and never recurses without end."""
    root = schema if isinstance(schema, Mapping) else {}
    return _Subset(root).node(schema, ())


class _Subset:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._left = _NODES

    def node(self, schema: Any, path: tuple[str, ...], depth: int = 0) -> JSON:
        self._left -= 1
        if not isinstance(schema, Mapping):
            return {"description": "nothing is valid here"} if schema is False else {}
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return self._followed(schema, reference, path, depth)
        if self._left < 0 or depth > _DEPTH:
            return {"type": "OBJECT", "description": "nested further in the same way"}
        schema = self._merged(schema, path)
        made = {key: value for key, value in schema.items() if key in _SAID}
        notes = {key: value for key, value in schema.items() if key not in _SAID | _SILENT}
        kinds = _kinds(schema)
        if "null" in kinds or schema.get("nullable") is True:
            made["nullable"] = True
        self._typed(made, [kind for kind in kinds if kind != "null"])
        _listed(schema, made, notes)
        _formatted(schema, made, notes)
        self._below(schema, made, (path, depth + 1))
        return _noted(made, notes)

    def _followed(
        self, schema: Mapping[str, Any], reference: str, path: tuple[str, ...], depth: int
    ) -> JSON:
        """The referred schema in place, except inside itself."""
        name = reference.rpartition("/")[2]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        target = self._resolved(reference)
        if reference in path or target is None or self._left < 0:
            said = f"the same as {name}" if target is not None else f"see {reference}"
            return _noted(self.node({**beside, "type": "object"}, path, depth + 1), {"": said})
        merged = {**target, **beside} if beside else target
        return self.node(merged, (*path, reference), depth + 1)

    def _resolved(self, reference: str) -> Mapping[str, Any] | None:
        found: Any = self._root
        if not reference.startswith("#"):
            return None
        for step in reference[1:].split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else None

    def _merged(self, schema: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
        """`allOf` folded into the schema that has it."""
        rules = schema.get("allOf")
        if not isinstance(rules, list):
            return schema
        made = {key: value for key, value in schema.items() if key != "allOf"}
        for rule in rules:
            if not isinstance(rule, Mapping):
                continue
            reference = str(rule.get("$ref", ""))
            self._left -= 1
            open_ended = len(path) < _DEPTH and self._left > 0
            if open_ended and (not reference or reference not in path):
                _fold(made, self._merged(self._target(rule), (*path, reference)))
        return made

    def _target(self, rule: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = rule.get("$ref")
        if not isinstance(reference, str):
            return rule
        beside = {key: value for key, value in rule.items() if key != "$ref"}
        return {**(self._resolved(reference) or {}), **beside}

    def _typed(self, made: JSON, kinds: list[str]) -> None:
        if len(kinds) == 1:
            made["type"] = kinds[0].upper()
        elif kinds:
            made["anyOf"] = [{"type": kind.upper()} for kind in kinds]

    def _below(
        self, schema: Mapping[str, Any], made: JSON, place: tuple[tuple[str, ...], int]
    ) -> None:
        path, depth = place
        properties = schema.get("properties")
        if isinstance(properties, Mapping):
            made["properties"] = {
                name: self.node(below, path, depth) for name, below in properties.items()
            }
            required = schema.get("required")
            if isinstance(required, list):
                made["required"] = [name for name in required if name in properties]
        if made.get("type") == "ARRAY":
            made["items"] = self._items(schema, path, depth)
        self._options(schema, made, place)

    def _items(self, schema: Mapping[str, Any], path: tuple[str, ...], depth: int) -> JSON:
        """Google wants `items` on every array."""
        items = schema.get("items")
        if isinstance(items, Mapping):
            return self.node(items, path, depth)
        places = schema.get("prefixItems", items)
        if not isinstance(places, list) or not places:
            return {"type": "STRING"}
        options = [self.node(below, path, depth) for below in places]
        distinct = [option for at, option in enumerate(options) if option not in options[:at]]
        return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}

    def _options(
        self, schema: Mapping[str, Any], made: JSON, place: tuple[tuple[str, ...], int]
    ) -> None:
        path, depth = place
        options = schema.get("anyOf", schema.get("oneOf"))
        if not isinstance(options, list):
            return
        real = [option for option in options if option != {"type": "null"}]
        if len(real) < len(options):
            made["nullable"] = True
        nodes = [self.node(option, path, depth) for option in real]
        if len(nodes) == 1:
            _fold(made, nodes[0])
        elif nodes:
            made["anyOf"] = nodes


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    """The types, guessed from the other keywords when they are not said."""
    said = schema.get("type")
    if isinstance(said, str):
        return [said.lower()]
    if isinstance(said, list):
        return [kind.lower() for kind in said if isinstance(kind, str)]
    if "properties" in schema:
        return ["object"]
    if "items" in schema or "prefixItems" in schema:
        return ["array"]
    choices = _choices(schema)
    said = [one for one in choices or () if one is not None]
    return ["string"] if said and all(isinstance(one, str) for one in said) else []


def _choices(schema: Mapping[str, Any]) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    choices = schema.get("enum")
    return choices if isinstance(choices, list) else None


def _listed(schema: Mapping[str, Any], made: JSON, notes: JSON) -> None:
    """The subset lists strings only; null among the values means nullable."""
    choices = _choices(schema)
    if choices is None:
        return
    real = [one for one in choices if one is not None]
    if len(real) < len(choices):
        made["nullable"] = True
    if made.get("type") == "STRING" and real and all(isinstance(one, str) for one in real):
        made["enum"] = real
    elif real:
        notes["one of"] = real


def _formatted(schema: Mapping[str, Any], made: JSON, notes: JSON) -> None:
    said = schema.get("format")
    if not isinstance(said, str):
        return
    if said in _FORMATS.get(str(made.get("type", "")).lower(), ()):
        made["format"] = said
    else:
        notes["format"] = said


def _fold(made: JSON, more: Mapping[str, Any]) -> None:
    """`more` into `made`; what `made` says already stays."""
    for key, value in more.items():
        if (
            key == "properties"
            and isinstance(made.get(key), Mapping)
            and isinstance(value, Mapping)
        ):
            made[key] = {**value, **made[key]}
        elif key == "required" and isinstance(made.get(key), list) and isinstance(value, list):
            made[key] = made[key] + [name for name in value if name not in made[key]]
        else:
            made.setdefault(key, value)


def _noted(made: JSON, notes: Mapping[str, Any]) -> JSON:
    """The unsayable goes into the description, where a model reads it."""
    if not notes:
        return made
    said = "; ".join(_note(key, value) for key, value in notes.items())
    before = made.get("description")
    described = f"{before} ({said})" if isinstance(before, str) and before else said
    return {**made, "description": described}


def _note(key: str, value: Any) -> str:
    if not key:
        return str(value)
    return f"{key}: {json.dumps(value, ensure_ascii=False, default=str)}"
