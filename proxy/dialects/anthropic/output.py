"""The form of the answer: `output_config.format`, and its older place `output_format`."""

from __future__ import annotations

from proxy.dialects import reading
from proxy.dialects.anthropic.fields import Reader, Writer, mine
from proxy.dialects.base import JSON, Loss
from proxy.errors import invalid
from proxy.ir import Format, Output

_SCHEMA = "json_schema"
OLDER = "output_format"


def parse(top: Reader, settings: Reader | None) -> Output | None:
    """`settings` is of `output_config`. What it says counts; `top` may have the older field."""
    reader = settings.apart("format") if settings else None
    place = "format"
    if reader is None:
        reader, place = top.apart(OLDER), OLDER
    if reader is None:
        return None
    kind = reader.need("type", reading.text)
    schema = reader.get("schema", reading.obj)
    form = Format.SCHEMA if kind == _SCHEMA else None
    return Output(format=form, schema=schema, opaque=reader.opaque(type=kind, place=place))


def place(output: Output | None) -> str:
    """The field that the client used."""
    own = mine(output.opaque) if output else None
    return own.shape["place"] if own else "format"


def render(output: Output | None, losses: list[Loss]) -> JSON | None:
    """The `format` object. Raises INVALID_REQUEST for an answer without text."""
    if output is None:
        return None
    own = mine(output.opaque)
    if own is not None:
        writer = Writer(own)
        writer.put("type", own.shape["type"])
        writer.put("schema", output.schema)
        return writer.done()
    _lose(output, losses)
    if output.format is Format.SCHEMA and output.schema is not None:
        return {"type": _SCHEMA, "schema": dict(output.schema)}
    if output.format in (Format.JSON, Format.SCHEMA):
        # Anthropic promises JSON for a schema only.
        losses.append(Loss("response_format", "output"))
    return None


def _lose(output: Output, losses: list[Loss]) -> None:
    wanted = output.modalities or ()
    if wanted and "text" not in wanted:
        raise invalid(f"This model answers with text, not with {' or '.join(wanted)}.")
    if len(wanted) > 1:
        losses.append(Loss("modalities", "output"))
    for name in ("description", "aspect_ratio", "image_size"):
        if getattr(output, name):
            losses.append(Loss(name, "output"))
