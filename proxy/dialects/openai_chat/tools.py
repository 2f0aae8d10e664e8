"""Tool definitions, the choice among them, and their old names `functions` and `function_call`."""

from __future__ import annotations

from typing import Any, assert_never

from proxy.dialects.base import JSON, Loss
from proxy.dialects.openai_chat import keeping
from proxy.dialects.openai_chat.keeping import Keep
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

_TOOL = frozenset({"type", "function"})
_FUNCTION = frozenset({"name", "description", "parameters", "strict"})
_CUSTOM_TOOL = frozenset({"type", "custom"})
_CUSTOM = frozenset({"name", "description", "format"})

SEARCH = "web_search_options"
"""The field that turns on search in OpenAI's own search models."""

_FIELDS = frozenset({"tools", "functions", SEARCH})

_SEARCHES = frozenset(
    {"web_search", "web_search_preview", "openrouter:web_search", "google_search"}
)


def parse(body: JSON) -> tuple[Tool, ...]:
    if _FIELDS.isdisjoint(body):
        return ()
    tools: list[Tool] = []
    for number, tool in enumerate(get(body, "tools", array, "") or ()):
        path = place("tools", number)
        tools.append(_tool(obj(tool, path), path))
    for number, function in enumerate(get(body, "functions", array, "") or ()):
        path = place("functions", number)
        keep = Keep()
        keep.shape["legacy"] = True
        tools.append(_function(obj(function, path), path, keep, ""))
    if isinstance(options := body.get(SEARCH), dict):
        kept = Opaque(keeping.ORIGIN, options, {"field": SEARCH})
        tools.append(BuiltinTool(Builtin.SEARCH, kept))
    return tuple(tools)


def legacy(tools: tuple[Tool, ...]) -> bool:
    """Whether the client speaks `functions`, and so expects `function_call` in the answer."""
    for tool in tools:
        if isinstance(tool, FunctionTool) and "legacy" in keeping.shape(tool.opaque):
            return True
    return False


def _tool(tool: JSON, path: str) -> Tool:
    kind = get(tool, "type", text, path, "")
    keep = Keep()
    if kind == "function" or (not kind and "function" in tool):
        keep.rest(tool, _TOOL)
        if not kind:
            keep.shape["untyped"] = True
        inner = need(tool, "function", obj, path)
        return _function(inner, place(path, "function"), keep, "function")
    if kind == "custom":
        keep.rest(tool, _CUSTOM_TOOL)
        return _custom(need(tool, "custom", obj, path), place(path, "custom"), keep)
    if kind in _SEARCHES:
        rest = {key: value for key, value in tool.items() if key != "type"}
        return BuiltinTool(Builtin.SEARCH, Opaque(keeping.ORIGIN, rest, {"type": kind}))
    return ForeignTool(Opaque(keeping.ORIGIN, tool))


def _function(inner: JSON, path: str, keep: Keep, box: str) -> FunctionTool:
    keep.rest(inner, _FUNCTION, box)
    return FunctionTool(
        name=need(inner, "name", text, path),
        description=get(inner, "description", text, path, ""),
        schema=get(inner, "parameters", obj, path),
        strict=get(inner, "strict", flag, path),
        opaque=keep.opaque(),
    )


def _custom(inner: JSON, path: str, keep: Keep) -> CustomTool:
    keep.rest(inner, _CUSTOM, "custom")
    return CustomTool(
        name=need(inner, "name", text, path),
        description=get(inner, "description", text, path, ""),
        format=get(inner, "format", obj, path),
        opaque=keep.opaque(),
    )


def render(tools: tuple[Tool, ...], losses: list[Loss], *, searches: bool = False) -> JSON:
    """The fields `tools`, `functions` and `web_search_options`, those that there are.

    `searches`: the model is one of OpenAI's search models, which alone know the last.
    """
    out: JSON = {}
    for number, tool in enumerate(tools):
        match tool:
            case FunctionTool():
                name, value = _say_function(tool)
            case CustomTool():
                name, value = "tools", _say_custom(tool)
            case BuiltinTool():
                if not keeping.native(tool.opaque) and not (searches and _is_search(tool)):
                    losses.append(Loss(tool.kind.value, f"tools[{number}]"))
                    continue
                name, value = _say_builtin(tool)
            case ForeignTool():
                if not keeping.native(tool.opaque):
                    continue  # `losses.foreign` has named it.
                name, value = "tools", dict(tool.opaque.data)
            case other:
                assert_never(other)
        if name == SEARCH:
            out[name] = value
        else:
            out.setdefault(name, []).append(value)
    return out


def _say_function(tool: FunctionTool) -> tuple[str, JSON]:
    shape = keeping.shape(tool.opaque)
    inner = _said(name=tool.name, description=tool.description)
    if tool.schema is not None:
        inner["parameters"] = dict(tool.schema)
    if tool.strict is not None:
        inner["strict"] = tool.strict
    if shape.get("legacy"):
        return "functions", keeping.restore(inner, tool.opaque)
    out: JSON = {} if shape.get("untyped") else {"type": "function"}
    return "tools", keeping.restore(out | {"function": inner}, tool.opaque)


def _say_custom(tool: CustomTool) -> JSON:
    inner = _said(name=tool.name, description=tool.description)
    if tool.format is not None:
        inner["format"] = dict(tool.format)
    return keeping.restore({"type": "custom", "custom": inner}, tool.opaque)


def _is_search(tool: BuiltinTool) -> bool:
    return tool.kind is Builtin.SEARCH


def searches(model: str) -> bool:
    """Whether it is one of OpenAI's search models (`gpt-4o-search-preview`, `gpt-5-search-api`);
    they search whenever they are asked, and others refuse `web_search_options`."""
    return "-search" in model


def _say_builtin(tool: BuiltinTool) -> tuple[str, JSON]:
    if not keeping.native(tool.opaque):
        return SEARCH, {}
    shape, data = keeping.shape(tool.opaque), keeping.data(tool.opaque)
    if "field" in shape:
        return shape["field"], dict(data)
    return "tools", {"type": shape["type"], **data}


def _said(*, name: str, description: str) -> JSON:
    out: dict[str, Any] = {"name": name}
    if description:
        out["description"] = description
    return out
