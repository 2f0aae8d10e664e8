"""`tool_choice` and its old name `function_call`, to and from `ir.ToolChoice`."""

from __future__ import annotations

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import keeping
from proxy.dialects.openai_chat.keeping import ORIGIN, Keep
from proxy.dialects.reading import array, get, need, obj, place, text
from proxy.errors import invalid
from proxy.ir import Choice, CustomTool, Opaque, Request, ToolChoice

# "any" is Mistral's word for "required".
_WORDS = {
    "auto": Choice.AUTO,
    "none": Choice.NONE,
    "required": Choice.REQUIRED,
    "any": Choice.REQUIRED,
}
_ALLOWED = "allowed_tools"


def parse(body: JSON) -> ToolChoice | None:
    if (value := body.get("tool_choice")) is not None:
        return _word(value, "tool_choice") if isinstance(value, str) else _named(value)
    value = body.get("function_call")
    if value is None:
        return None
    shape = {"field": "function_call"}
    if isinstance(value, str):
        mode = _word(value, "function_call").mode
        return ToolChoice(mode, opaque=Opaque(ORIGIN, {}, shape | {"word": value}))
    keep = Keep()
    inner = obj(value, "function_call")
    keep.rest(inner, frozenset({"name"}))
    keep.shape.update(shape)
    name = need(inner, "name", text, "function_call")
    return ToolChoice(Choice.REQUIRED, (name,), keep.mark())


def _word(value: str, path: str) -> ToolChoice:
    mode = _WORDS.get(value)
    if mode is None:
        raise invalid(f"{path} must be auto, none, required or name a tool", path)
    return ToolChoice(mode, opaque=Opaque(ORIGIN, {}, {"word": value}))


def _named(value: object) -> ToolChoice:
    choice = obj(value, "tool_choice")
    kind = need(choice, "type", text, "tool_choice")
    if kind == _ALLOWED:
        return _allowed(choice)
    if kind not in ("function", "custom"):
        return ToolChoice(Choice.AUTO, opaque=Opaque(ORIGIN, choice, {"raw": True}))
    keep = Keep()
    keep.rest(choice, frozenset({"type", kind}))
    inner = need(choice, kind, obj, "tool_choice")
    keep.rest(inner, frozenset({"name"}), kind)
    keep.shape["type"] = kind
    name = need(inner, "name", text, f"tool_choice.{kind}")
    return ToolChoice(Choice.REQUIRED, (name,), keep.mark())


def _allowed(choice: JSON) -> ToolChoice:
    path = "tool_choice.allowed_tools"
    inner = need(choice, _ALLOWED, obj, "tool_choice")
    mode = _word(get(inner, "mode", text, path, "auto"), f"{path}.mode").mode
    tools = get(inner, "tools", array, path) or []
    names = tuple(_name(tool, place(f"{path}.tools", n)) for n, tool in enumerate(tools))
    keep = Keep()
    keep.rest(choice, frozenset({"type", _ALLOWED}))
    keep.rest(inner, frozenset({"mode", "tools"}), _ALLOWED)
    keep.shape |= {"type": _ALLOWED, "tools": tools, "mode": inner.get("mode")}
    return ToolChoice(mode, tuple(name for name in names if name), keep.mark())


def _name(tool: object, path: str) -> str:
    item = obj(tool, path)
    inner = item.get(get(item, "type", text, path, "function"))
    return get(inner, "name", text, path, "") if isinstance(inner, dict) else ""


def render(request: Request) -> JSON:
    """The field `tool_choice` or `function_call`, as the client said it, or nothing."""
    choice = request.tool_choice
    if choice is None:
        return {}
    shape = keeping.shape(choice.opaque)
    if shape.get("field") == "function_call":
        return {"function_call": _legacy(choice)}
    return {"tool_choice": _choice(choice, request)}


def _legacy(choice: ToolChoice) -> object:
    if choice.names:
        return keeping.restore({"name": choice.names[0]}, choice.opaque)
    word = keeping.shape(choice.opaque).get("word", "")
    return word if _WORDS.get(word) is choice.mode else choice.mode.value


def _choice(choice: ToolChoice, request: Request) -> object:
    shape = keeping.shape(choice.opaque)
    if shape.get("raw"):
        return dict(keeping.data(choice.opaque))
    if shape.get("type") == _ALLOWED:
        return _listed(choice)
    if not choice.names or choice.mode is Choice.NONE:
        word = shape.get("word", "")
        return word if _WORDS.get(word) is choice.mode else choice.mode.value
    items = [_item(name, request) for name in choice.names]
    if choice.mode is Choice.REQUIRED and len(items) == 1:
        kind = shape.get("type", items[0]["type"])
        return keeping.restore({"type": kind, kind: {"name": choice.names[0]}}, choice.opaque)
    return {"type": _ALLOWED, _ALLOWED: {"mode": choice.mode.value, "tools": items}}


def _listed(choice: ToolChoice) -> JSON:
    shape = keeping.shape(choice.opaque)
    inner: JSON = {"tools": shape["tools"]} if shape["tools"] else {}
    if shape["mode"]:
        inner["mode"] = shape["mode"]
    return keeping.restore({"type": _ALLOWED, _ALLOWED: inner}, choice.opaque)


def _item(name: str, request: Request) -> JSON:
    custom = any(isinstance(tool, CustomTool) and tool.name == name for tool in request.tools)
    kind = "custom" if custom else "function"
    return {"type": kind, kind: {"name": name}}
