"""Tool definitions.

A grammar is kept as Chat spells it, in a box of its own: the two dialects share custom tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from proxy.dialects.base import JSON, Loss
from proxy.dialects.openai_responses import keeping
from proxy.dialects.openai_responses.keeping import ORIGIN, Keep
from proxy.dialects.reading import array, flag, get, need, obj, place, text
from proxy.ir import (
    Builtin,
    BuiltinTool,
    CustomTool,
    ForeignTool,
    FunctionTool,
    Opaque,
    Tool,
)

_FUNCTION = frozenset({"type", "name", "description", "parameters", "strict"})
_CUSTOM = frozenset({"type", "name", "description", "format"})
_TAKES_NOTHING = {"type": "object", "properties": {}}
_BUILTIN: Mapping[Builtin, JSON] = {
    Builtin.SEARCH: {"type": "web_search"},
    Builtin.CODE: {"type": "code_interpreter", "container": {"type": "auto"}},
}


def parse(body: JSON) -> tuple[Tool, ...]:
    tools = get(body, "tools", array, "")
    if not tools:
        return ()
    return tuple(
        _tool(obj(tool, place("tools", number)), place("tools", number))
        for number, tool in enumerate(tools)
    )


def _tool(tool: JSON, path: str) -> Tool:
    kind = need(tool, "type", text, path)
    if kind == "function":
        return _function(tool, path)
    if kind == "custom":
        return _custom(tool, path)
    builtin = _builtin(kind)
    if builtin is None:
        return ForeignTool(Opaque(ORIGIN, tool))
    keep = Keep()
    keep.rest(tool, frozenset({"type"}))
    if builtin is Builtin.CODE:
        # Where the code runs is the upstream's own affair.
        keep.shape["container"] = keep.data.pop("container", None)
    keep.shape["type"] = kind
    return BuiltinTool(builtin, keep.mark())


def _builtin(kind: str) -> Builtin | None:
    """Search tools have dated names, such as `web_search_preview_2025_03_11`."""
    if kind.startswith("web_search"):
        return Builtin.SEARCH
    return Builtin.CODE if kind == "code_interpreter" else None


def _function(tool: JSON, path: str) -> FunctionTool:
    keep = Keep()
    keep.rest(tool, _FUNCTION)
    schema = get(tool, "parameters", obj, path)
    return FunctionTool(
        name=need(tool, "name", text, path),
        description=get(tool, "description", text, path, ""),
        schema=schema,
        strict=get(tool, "strict", flag, path),
        opaque=keep.mark(),
    )


def _custom(tool: JSON, path: str) -> CustomTool:
    keep = Keep()
    keep.rest(tool, _CUSTOM)
    format = get(tool, "format", obj, path)
    if format is not None and format.get("type") == "grammar" and "grammar" not in format:
        rest = {key: value for key, value in format.items() if key != "type"}
        format = {"type": "grammar", "grammar": rest}
        keep.shape["flat"] = True
    return CustomTool(
        name=need(tool, "name", text, path),
        description=get(tool, "description", text, path, ""),
        format=format,
        opaque=keep.mark(),
    )


def render(tools: tuple[Tool, ...], losses: list[Loss]) -> list[JSON]:
    out: list[JSON] = []
    for number, tool in enumerate(tools):
        item = _say(tool)
        if item is not None:
            out.append(item)
        elif isinstance(tool, BuiltinTool):
            losses.append(Loss(tool.kind.value, f"tools[{number}]"))
    return out


def _say(tool: Tool) -> JSON | None:
    """None for a tool of another dialect."""
    match tool:
        case FunctionTool():
            return _say_function(tool)
        case CustomTool():
            return _say_custom(tool)
        case BuiltinTool():
            return _say_builtin(tool)
        case ForeignTool():
            # `losses.foreign` names the others'.
            return dict(tool.opaque.data) if keeping.native(tool.opaque) else None
        case other:
            assert_never(other)


def _say_function(tool: FunctionTool) -> JSON:
    out: JSON = {"type": "function", "name": tool.name}
    if tool.description:
        out["description"] = tool.description
    if tool.schema is not None:
        out["parameters"] = dict(tool.schema)
    if tool.strict is not None:
        out["strict"] = tool.strict
    if keeping.native(tool.opaque):
        return keeping.restore(out, tool.opaque)
    # Unsaid, `strict` is true here, and then most schemas are refused.
    return {"parameters": _TAKES_NOTHING, "strict": False} | out


def _say_custom(tool: CustomTool) -> JSON:
    out: JSON = {"type": "custom", "name": tool.name}
    if tool.description:
        out["description"] = tool.description
    if tool.format is not None:
        out["format"] = _flat(tool.format, tool.opaque)
    return keeping.restore(out, tool.opaque)


def _flat(format: Mapping[str, Any], opaque: Opaque | None) -> JSON:
    inner = format.get("grammar")
    own = keeping.native(opaque) and "flat" not in keeping.shape(opaque)
    if own or format.get("type") != "grammar" or not isinstance(inner, dict):
        return dict(format)
    return {"type": "grammar", **inner}


def _say_builtin(tool: BuiltinTool) -> JSON | None:
    if not keeping.native(tool.opaque):
        known = _BUILTIN.get(tool.kind)
        return dict(known) if known is not None else None
    shape = keeping.shape(tool.opaque)
    out: JSON = {"type": shape["type"]}
    if shape.get("container") is not None:
        out["container"] = shape["container"]
    return keeping.restore(out, tool.opaque)
