"""Tool definitions: functions of the client (`custom`) and tools that Anthropic runs itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from proxy.dialects import reading
from proxy.dialects.anthropic.families import Family
from proxy.dialects.anthropic.fields import ORIGIN, Reader, Writer, mine
from proxy.dialects.base import JSON, Loss
from proxy.ir import Builtin, BuiltinTool, CustomTool, ForeignTool, FunctionTool, Opaque, Tool

# The types carry a date; the oldest that is not in beta is the one that all models know.
_BUILTIN: Mapping[Builtin, JSON] = {
    Builtin.SEARCH: {"type": "web_search_20250305", "name": "web_search"},
    Builtin.CODE: {"type": "code_execution_20250825", "name": "code_execution"},
    Builtin.URL_CONTEXT: {"type": "web_fetch_20250910", "name": "web_fetch"},
}
_PREFIXES = {
    "web_search_": Builtin.SEARCH,
    "code_execution_": Builtin.CODE,
    "web_fetch_": Builtin.URL_CONTEXT,
}
_NOTHING: JSON = {"type": "object", "properties": {}}
_FREE: JSON = {"type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"]}


def parse(items: Sequence[Any] | None) -> tuple[Tool, ...]:
    return tuple(_tool(item, f"tools[{number}]") for number, item in enumerate(items or ()))


def _tool(value: Any, path: str) -> Tool:
    reader = Reader(value, path)
    kind = reader.get("type", reading.text)
    if kind is None or kind == "custom":
        return _function(reader, kind)
    for prefix, builtin in _PREFIXES.items():
        if kind.startswith(prefix):
            name = reader.get("name", reading.text)
            return BuiltinTool(builtin, reader.opaque(type=kind, name=name))
    return ForeignTool(Opaque(ORIGIN, reading.obj(value, path)))


def _function(reader: Reader, kind: str | None) -> FunctionTool:
    name = reader.need("name", reading.text)
    if kind is not None:
        reader.memo("type", kind, None)
    description = reader.string("description")
    schema = reader.get("input_schema", reading.obj)
    strict = reader.get("strict", reading.flag)
    return FunctionTool(name, description, schema, strict, reader.opaque())


def render(tools: Sequence[Tool], family: Family, losses: list[Loss]) -> list[JSON]:
    out: list[JSON] = []
    for number, tool in enumerate(tools):
        where = f"tools[{number}]"
        match tool:
            case FunctionTool():
                out.append(_say(tool, family, losses, where))
            case CustomTool():
                out.append(_free(tool, losses, where))
            case BuiltinTool():
                out.append(_ours(tool))
            case ForeignTool():
                # `losses.foreign` names those of others.
                out += [dict(tool.opaque.data)] if mine(tool.opaque) else []
            case other:
                assert_never(other)
    return out


def _say(tool: FunctionTool, family: Family, losses: list[Loss], where: str) -> JSON:
    own = mine(tool.opaque) is not None
    strict = tool.strict
    if not own and strict is not None and not (strict and family.strict):
        # Only the guarantee is lost: arguments may then stray from the schema.
        losses += [Loss("strict", where)] if strict else []
        strict = None
    writer = Writer(tool.opaque)
    writer.put("type", None)
    writer.put("name", tool.name)
    writer.put("description", tool.description or None)
    writer.put("input_schema", tool.schema if own else _typed(tool.schema))
    writer.put("strict", strict)
    return writer.done()


def _typed(schema: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Anthropic wants the top of a schema to say that it is an object."""
    if schema is None:
        return _NOTHING
    return schema if "type" in schema else {"type": "object", **schema}


def _free(tool: CustomTool, losses: list[Loss], where: str) -> JSON:
    """A tool of free text becomes a function with one string; a grammar has no place."""
    if tool.format is not None:
        losses.append(Loss("format", where))
    said = {"description": tool.description} if tool.description else {}
    return {"name": tool.name, **said, "input_schema": _FREE}


def _ours(tool: BuiltinTool) -> JSON:
    own = mine(tool.opaque)
    if own is None:
        return dict(_BUILTIN[tool.kind])
    writer = Writer(own)
    writer.put("type", own.shape["type"])
    writer.put("name", own.shape["name"])
    return writer.done()
