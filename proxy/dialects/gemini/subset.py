"""JSON Schema → Gemini's OpenAPI subset: references inlined, the unsayable put into words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from proxy.dialects import jsontext
from proxy.dialects.base import JSON
from proxy.errors import invalid

_DEPTH = 48

# How much larger than itself a schema may become when its references are written out, in
# characters. Real ones stay far below; a ladder of definitions doubles with every rung.
_GROWTH = 16
_SMALL = 4000

_HOLDING = frozenset(
    {"properties", "$defs", "definitions", "items", "prefixItems", "anyOf", "oneOf", "allOf"}
)

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
    """The subset closest to `schema`.

    Raises INVALID_REQUEST for a schema that its own references make much larger than it is.
    """
    root = schema if isinstance(schema, Mapping) else {}
    return _Subset(root).node(schema, ())


class _Subset:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._left = _SMALL + _GROWTH * len(jsontext.encoded(root))

    def _spend(self, schema: Mapping[str, Any]) -> None:
        """Counts what is about to be written, or read, once more."""
        self._left -= 1 + sum(len(key) + _size(key, value) for key, value in schema.items())
        if self._left < 0:
            raise invalid(
                "A schema becomes too large when its references are written out, which Gemini's"
                " `parameters` needs: refer to shared definitions less often."
            )

    def node(self, schema: Any, path: tuple[str, ...], depth: int = 0) -> JSON:
        if not isinstance(schema, Mapping):
            return {"description": "nothing is valid here"} if schema is False else {}
        self._spend(schema)
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return self._followed(schema, reference, path, depth)
        if depth > _DEPTH:
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
        if reference in path or target is None or depth > _DEPTH:
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
        made: JSON = {}
        _fold(made, {key: value for key, value in schema.items() if key != "allOf"})
        for rule in rules:
            if not isinstance(rule, Mapping):
                continue
            self._spend(rule)
            reference = str(rule.get("$ref", ""))
            if len(path) < _DEPTH and (not reference or reference not in path):
                target = self._target(rule)
                self._spend(target)
                _fold(made, self._merged(target, (*path, reference)))
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
                names = (name for name in required if isinstance(name, str))
                made["required"] = [name for name in dict.fromkeys(names) if name in properties]
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
        distinct = list({jsontext.encoded(option): option for option in options}.values())
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
    """`more` into `made`, which is ours to change; what `made` says already stays.

    Properties and required names are added in place: there may be as many rules as there are
    names. A name may be required twice then.
    """
    for key, value in more.items():
        before = made.get(key)
        if key == "properties" and isinstance(value, Mapping) and isinstance(before, dict):
            for name, below in value.items():
                before.setdefault(name, below)
        elif key == "required" and isinstance(value, list) and isinstance(before, list):
            before += value
        elif key not in made:
            made[key] = value.copy() if isinstance(value, dict | list) else value


def _noted(made: JSON, notes: Mapping[str, Any]) -> JSON:
    """The unsayable goes into the description, where a model reads it."""
    if not notes:
        return made
    said = "; ".join(_note(key, value) for key, value in notes.items())
    before = made.get("description")
    described = f"{before} ({said})" if isinstance(before, str) and before else said
    return {**made, "description": described}


def _size(key: str, value: Any) -> int:
    """Characters of a member, without the schemas in it: they count for themselves."""
    if isinstance(value, str) or (key in _HOLDING and isinstance(value, list | dict)):
        return len(value)
    return len(jsontext.encoded(value))


def _note(key: str, value: Any) -> str:
    if not key:
        return str(value)
    return f"{key}: {json.dumps(value, ensure_ascii=False, default=str)}"
