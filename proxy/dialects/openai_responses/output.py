"""The form of the answer: `text`, to and from `ir.Output`."""

from __future__ import annotations

from proxy.dialects.base import JSON, Loss
from proxy.dialects.openai_responses import keeping
from proxy.dialects.openai_responses.keeping import Keep
from proxy.dialects.reading import flag, get, need, obj, text
from proxy.ir import Format, Output

_FORMATS = {"text": Format.TEXT, "json_object": Format.JSON, "json_schema": Format.SCHEMA}
_TYPES = {value: key for key, value in _FORMATS.items()}
_PLAIN = frozenset({"type"})
_SCHEMA = frozenset({"type", "name", "description", "schema", "strict"})


def parse(body: JSON) -> Output | None:
    box = get(body, "text", obj, "")
    if not box:
        return None
    keep = Keep()
    keep.rest(box, frozenset({"format"}))
    wanted = get(box, "format", obj, "text")
    if not wanted:
        return Output(opaque=keep.mark())
    known = _FORMATS.get(need(wanted, "type", text, "text.format"))
    if known is None:
        keep.data["format"] = wanted
        return Output(opaque=keep.mark())
    keep.rest(wanted, _SCHEMA if known is Format.SCHEMA else _PLAIN, "format")
    if known is not Format.SCHEMA:
        return Output(format=known, opaque=keep.mark())
    return Output(
        format=known,
        schema=get(wanted, "schema", obj, "text.format"),
        name=get(wanted, "name", text, "text.format", ""),
        description=get(wanted, "description", text, "text.format", ""),
        strict=get(wanted, "strict", flag, "text.format"),
        opaque=keep.mark(),
    )


def render(output: Output | None, losses: list[Loss]) -> JSON | None:
    """The value of `text`; None if there is nothing to say."""
    if output is None:
        return None
    for name in ("aspect_ratio", "image_size"):
        if getattr(output, name):
            losses.append(Loss(name, "output"))
    for word in output.modalities or ():
        if word != "text":
            losses.append(Loss(f"modality:{word}", "output"))
    out: JSON = {}
    own = keeping.native(output.opaque)
    if output.format is not None and (own or output.format is not Format.TEXT):
        out["format"] = _format(output, own=own)
    out = keeping.restore(out, output.opaque)
    return out if out or own else None


def _format(output: Output, *, own: bool) -> JSON:
    if output.format is not Format.SCHEMA or (output.schema is None and not own):
        kind = Format.JSON if output.format is Format.SCHEMA else output.format
        return {"type": _TYPES[kind or Format.TEXT]}
    out: JSON = {"type": "json_schema"}
    if output.name or not own:
        out["name"] = output.name or "response"
    if output.description:
        out["description"] = output.description
    if output.schema is not None:
        out["schema"] = dict(output.schema)
    if output.strict is not None or not own:
        # Unsaid, `strict` is true here, and then most schemas are refused.
        out["strict"] = bool(output.strict)
    return out
