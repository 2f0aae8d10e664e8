"""`tool_choice`, which also says whether the model may call several tools at once."""

from __future__ import annotations

from proxy.dialects import reading
from proxy.dialects.anthropic.fields import ORIGIN, Reader, Writer, mine
from proxy.dialects.base import JSON, Loss
from proxy.ir import Choice, Opaque, Request, ToolChoice

_WORDS = {"auto": Choice.AUTO, "any": Choice.REQUIRED, "none": Choice.NONE}
_TYPES = {Choice.AUTO: "auto", Choice.REQUIRED: "any", Choice.NONE: "none"}
_SERIAL = "disable_parallel_tool_use"


def parse(reader: Reader | None) -> tuple[ToolChoice | None, bool | None]:
    """The choice, and whether parallel calls are wanted (None: not said)."""
    if reader is None:
        return None, None
    whole = reader.opaque()
    kind = reader.need("type", reading.text)
    serial = reader.get(_SERIAL, reading.flag)
    parallel = None if serial is None else not serial
    if kind == "tool":
        name = reader.need("name", reading.text)
        return ToolChoice(Choice.REQUIRED, (name,), reader.opaque(type=kind)), parallel
    mode = _WORDS.get(kind)
    if mode is None:
        return ToolChoice(Choice.AUTO, opaque=Opaque(ORIGIN, whole.data, {"raw": True})), None
    return ToolChoice(mode, opaque=reader.opaque(type=kind)), parallel


def render(request: Request, losses: list[Loss]) -> JSON | None:
    choice = request.tool_choice
    if choice is not None and mine(choice.opaque):
        return _again(choice, request.parallel_calls)
    if not request.tools:
        # Anthropic refuses a choice among no tools.
        if choice is not None and choice.mode is Choice.REQUIRED:
            losses.append(Loss("tool_choice"))
        return None
    out = _said(choice, losses)
    if request.parallel_calls is False and (out is None or out["type"] != "none"):
        return {**(out or {"type": "auto"}), _SERIAL: True}
    return out


def _again(choice: ToolChoice, parallel: bool | None) -> JSON:
    shape = choice.opaque.shape if choice.opaque else {}
    if shape.get("raw"):
        return dict(choice.opaque.data) if choice.opaque else {}
    writer = Writer(choice.opaque)
    writer.put("type", "tool" if choice.names else _TYPES[choice.mode])
    writer.put("name", choice.names[0] if choice.names else None)
    writer.put(_SERIAL, None if parallel is None else not parallel)
    return writer.done()


def _said(choice: ToolChoice | None, losses: list[Loss]) -> JSON | None:
    if choice is None:
        return None
    if choice.mode is Choice.REQUIRED and len(choice.names) == 1:
        return {"type": "tool", "name": choice.names[0]}
    if choice.names and choice.mode is not Choice.NONE:
        losses.append(Loss("allowed_tools", "tool_choice"))
    return {"type": _TYPES[choice.mode]}


def forced(choice: ToolChoice | None) -> bool:
    """Whether the model must call a tool; it cannot think then."""
    return choice is not None and choice.mode is Choice.REQUIRED
