"""Tool calls of an assistant message: `tool_calls[]`, custom ones, and the old `function_call`."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import keeping, signatures
from proxy.dialects.openai_chat.keeping import ORIGIN, Keep
from proxy.dialects.reading import get, need, obj, place, text
from proxy.errors import invalid
from proxy.ir import Foreign, Opaque, ToolCall

_CALL = frozenset({"id", "type", "function"})
_CUSTOM = frozenset({"id", "type", "custom"})
_INNER = frozenset({"name", "arguments"})


def parse(value: Any, path: str) -> ToolCall | Foreign:
    call = obj(value, path)
    kind = get(call, "type", text, path, "")
    if kind == "custom":
        return _custom(call, path)
    if kind not in ("", "function") or "function" not in call:
        return Foreign(Opaque(ORIGIN, call, {"call": True}))
    keep = Keep()
    if not kind:
        keep.shape["untyped"] = True
    inner = need(call, "function", obj, path)
    where = place(path, "function")
    keep.rest(inner, _INNER, "function")
    wire = signatures.find(call)
    if wire is not None:
        call = keeping.without(call, signatures.SLOT)
        keep.shape |= signatures.spelt(wire)
    keep.rest(call, _CALL)
    if call.get("id") is None:
        keep.shape["anonymous"] = True
    return ToolCall(
        id=get(call, "id", text, path, ""),
        name=need(inner, "name", text, where),
        arguments=_arguments(inner, where, keep),
        signature=signatures.read(wire) if wire is not None else None,
        opaque=keep.opaque(),
    )


def _arguments(inner: JSON, path: str, keep: Keep) -> str:
    """Text on the wire; some clients send the object itself."""
    value = inner.get("arguments")
    if value is None:
        keep.shape.setdefault("silent", "arguments" not in inner)
        return ""
    if isinstance(value, dict):
        keep.shape["object"] = True
        return json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str):
        where = place(path, "arguments")
        raise invalid(f"{where} must be a string of JSON", where)
    return value


def _custom(call: JSON, path: str) -> ToolCall:
    keep = Keep()
    inner = need(call, "custom", obj, path)
    keep.rest(inner, frozenset({"name", "input"}), "custom")
    keep.rest(call, _CUSTOM)
    if call.get("id") is None:
        keep.shape["anonymous"] = True
    return ToolCall(
        id=get(call, "id", text, path, ""),
        name=need(inner, "name", text, place(path, "custom")),
        arguments=need(inner, "input", text, place(path, "custom")),
        custom=True,
        opaque=keep.opaque(),
    )


def parse_legacy(value: Any, path: str) -> ToolCall:
    inner = obj(value, path)
    keep = Keep()
    keep.rest(inner, _INNER)
    keep.shape["legacy"] = True
    name = need(inner, "name", text, path)
    return ToolCall("", name, _arguments(inner, path, keep), opaque=keep.opaque())


def render(call: ToolCall, id: str) -> JSON:
    """One item of `tool_calls`."""
    shape = keeping.shape(call.opaque)
    out: JSON = {} if shape.get("anonymous") and not id else {"id": id}
    if call.custom:
        out |= {"type": "custom", "custom": {"name": call.name, "input": call.arguments}}
        return keeping.restore(out, call.opaque)
    if not shape.get("untyped"):
        out["type"] = "function"
    out["function"] = _function(call)
    out = keeping.restore(out, call.opaque)
    if call.signature is not None and signatures.carried(call.signature) and "slot" not in shape:
        out = keeping.plant(out, signatures.SLOT, signatures.write(call.signature, shape))
    return out


def empty(call: ToolCall) -> ToolCall:
    """A call without arguments as Chat says it."""
    return replace(call, arguments="{}")


def render_legacy(call: ToolCall) -> JSON:
    return keeping.restore(_function(call), call.opaque)


def _function(call: ToolCall) -> JSON:
    shape = keeping.shape(call.opaque)
    out: JSON = {"name": call.name}
    if shape.get("object"):
        return out | {"arguments": json.loads(call.arguments)}
    if not call.arguments and "silent" in shape:
        return out if shape["silent"] else out | {"arguments": None}
    return out | {"arguments": call.arguments}
