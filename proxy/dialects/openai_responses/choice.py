"""`tool_choice`, to and from `ir.ToolChoice`."""

from __future__ import annotations

from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import keeping
from proxy.dialects.openai_responses.keeping import ORIGIN, Keep
from proxy.dialects.reading import array, get, need, obj, place, text
from proxy.errors import invalid
from proxy.ir import Choice, CustomTool, Opaque, Request, ToolChoice

_WORDS = {"auto": Choice.AUTO, "none": Choice.NONE, "required": Choice.REQUIRED}
_ALLOWED = "allowed_tools"
_NAMED = frozenset({"function", "custom"})


def parse(body: JSON) -> ToolChoice | None:
    value = body.get("tool_choice")
    if value is None:
        return None
    if isinstance(value, str):
        return ToolChoice(_word(value, "tool_choice"), opaque=Opaque(ORIGIN))
    choice = obj(value, "tool_choice")
    kind = need(choice, "type", text, "tool_choice")
    if kind == _ALLOWED:
        return _allowed(choice)
    if kind not in _NAMED:
        # A tool that the upstream runs itself: nobody else has it.
        return ToolChoice(Choice.AUTO, opaque=Opaque(ORIGIN, choice, {"raw": True}))
    keep = Keep()
    keep.rest(choice, frozenset({"type", "name"}))
    keep.shape["type"] = kind
    return ToolChoice(Choice.REQUIRED, (need(choice, "name", text, "tool_choice"),), keep.mark())


def _word(value: str, path: str) -> Choice:
    mode = _WORDS.get(value)
    if mode is None:
        raise invalid(f"{path} must be auto, none, required or name a tool", path)
    return mode


def _allowed(choice: JSON) -> ToolChoice:
    mode = _word(get(choice, "mode", text, "tool_choice", "auto"), "tool_choice.mode")
    tools = get(choice, "tools", array, "tool_choice") or []
    names = tuple(_name(tool, place("tool_choice.tools", n)) for n, tool in enumerate(tools))
    keep = Keep()
    keep.rest(choice, frozenset({"type", "mode", "tools"}))
    keep.shape |= {"type": _ALLOWED, "tools": tools, "said": choice.get("mode") is not None}
    return ToolChoice(mode, tuple(name for name in names if name), keep.mark())


def _name(tool: Any, path: str) -> str:
    return get(obj(tool, path), "name", text, path, "")


def render(request: Request) -> Any:
    """The value of `tool_choice`; None if the client said nothing."""
    choice = request.tool_choice
    if choice is None:
        return None
    shape = keeping.shape(choice.opaque)
    if shape.get("raw"):
        return dict(keeping.data(choice.opaque))
    if shape.get("type") == _ALLOWED:
        out: JSON = {"type": _ALLOWED}
        if shape["said"]:
            out["mode"] = choice.mode.value
        if shape["tools"]:
            out["tools"] = shape["tools"]
        return keeping.restore(out, choice.opaque)
    if not choice.names or choice.mode is Choice.NONE:
        return choice.mode.value
    items = [_item(name, request) for name in choice.names]
    if choice.mode is Choice.REQUIRED and len(items) == 1:
        return keeping.restore({**items[0], **_typed(choice)}, choice.opaque)
    return {"type": _ALLOWED, "mode": choice.mode.value, "tools": items}


def _typed(choice: ToolChoice) -> JSON:
    kind = keeping.shape(choice.opaque).get("type")
    return {"type": kind} if kind else {}


def _item(name: str, request: Request) -> JSON:
    custom = any(isinstance(tool, CustomTool) and tool.name == name for tool in request.tools)
    return {"type": "custom" if custom else "function", "name": name}
