"""Calls of tools and their results, to and from input items."""

from __future__ import annotations

from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import content, keeping
from proxy.dialects.openai_responses.keeping import ORIGIN, Keep
from proxy.dialects.reading import get, need, place, text
from proxy.ir import Code, CodeResult, Media, Opaque, Part, ToolCall, ToolResult

FUNCTION, CUSTOM = "function_call", "custom_tool_call"
_ANSWERS = {"function_call_output": FUNCTION, "custom_tool_call_output": CUSTOM}
CALLS = frozenset({FUNCTION, CUSTOM})
RESULTS = frozenset(_ANSWERS)

_ARGUMENTS = {FUNCTION: "arguments", CUSTOM: "input"}
_OWN = frozenset({"id", "status"})
_CALL = frozenset({"type", "call_id", "name"}) | _OWN
_RESULT = frozenset({"type", "call_id", "output", "name"}) | _OWN


def _kept(item: JSON, known: frozenset[str]) -> Keep:
    """An item's own id and state are only how it was spelt: losing them is no loss."""
    keep = Keep()
    keep.rest(item, known)
    keep.shape["item"] = {key: item[key] for key in _OWN if not keeping.void(item.get(key))}
    return keep


def parse(item: JSON, path: str) -> ToolCall:
    """An item whose type is one of `CALLS`."""
    kind = item["type"]
    field = _ARGUMENTS[kind]
    keep = _kept(item, _CALL | {field})
    return ToolCall(
        need(item, "call_id", text, path),
        need(item, "name", text, path),
        need(item, field, text, path),
        kind == CUSTOM,
        opaque=keep.mark(),
    )


def render(call: ToolCall, id: str) -> JSON:
    kind = CUSTOM if call.custom else FUNCTION
    arguments = call.arguments
    if not arguments and not call.custom and not keeping.native(call.opaque):
        arguments = "{}"
    out: JSON = {"type": kind, **keeping.shape(call.opaque).get("item", {})}
    out |= {"call_id": id, "name": call.name, _ARGUMENTS[kind]: arguments}
    return keeping.restore(out, call.opaque)


def parse_result(item: JSON, path: str) -> ToolResult:
    """An item whose type is one of `RESULTS`."""
    keep = _kept(item, _RESULT)
    keep.shape["type"] = item["type"]
    value = item.get("output")
    if isinstance(value, list):
        keep.shape["listed"] = True
    return ToolResult(
        need(item, "call_id", text, path),
        content.parse(value, place(path, "output"), content.INPUT),
        get(item, "name", text, path, ""),
        opaque=keep.mark(),
    )


def render_result(result: ToolResult, id: str, where: str, *, custom: bool) -> JSON:
    """`result.parts` holds only what an output can say: texts, media and foreign parts."""
    shape = keeping.shape(result.opaque)
    usual = "custom_tool_call_output" if custom else "function_call_output"
    out: JSON = {"type": shape.get("type", usual), **shape.get("item", {}), "call_id": id}
    if result.name and keeping.native(result.opaque):
        out["name"] = result.name
    empty = not result.parts and not shape.get("listed")
    listed = bool(shape.get("listed"))
    said = content.render(result.parts, where, content.INPUT, listed=listed)
    out["output"] = "" if empty else said
    return keeping.restore(out, result.opaque)


CODE = "code_interpreter_call"
PICTURE = "image_generation_call"

_CODE = frozenset({"type", "code", "outputs"})
_PICTURE = frozenset({"type", "result"})


def code(item: JSON) -> tuple[Part, ...]:
    """The code that the upstream ran, and its output if the item tells it; () if it has none."""
    text, id = item.get("code"), item.get("id")
    if not isinstance(text, str) or not isinstance(id, str):
        return ()
    ran = Code(text, "python", id, opaque=Opaque(ORIGIN, {}, {"ran": item}))
    said = logs(item.get("outputs"))
    if said is None:
        return (ran,)
    failed = item.get("status") == "failed"
    return (ran, CodeResult(said, failed, id, opaque=Opaque(ORIGIN, {}, {"joined": True})))


def logs(outputs: Any) -> str | None:
    """What the code printed; None if nothing is said of it."""
    if not isinstance(outputs, list):
        return None
    said = [box["logs"] for box in outputs if isinstance(box, dict) and _printed(box)]
    return "".join(said) if said else None


def _printed(box: JSON) -> bool:
    return isinstance(box.get("logs"), str)


def picture(item: JSON) -> Media | None:
    """The picture of an `image_generation_call`; None if there is none in it."""
    data, format = item.get("result"), item.get("output_format")
    if not isinstance(data, str) or not data:
        return None
    format = format if isinstance(format, str) and format else "png"
    shape = {"drawn": {key: value for key, value in item.items() if key != "result"}}
    return Media(f"image/{format}", data, opaque=Opaque(ORIGIN, {}, shape))
