"""The form of the answer: `response_format`, `modalities` and OpenRouter's `image_config`."""

from __future__ import annotations

from proxy.dialects.base import JSON, Loss
from proxy.dialects.openai_chat import keeping
from proxy.dialects.openai_chat.keeping import Keep
from proxy.dialects.reading import array, flag, get, need, obj, place, text
from proxy.ir import Format, Output

KNOWN = frozenset({"response_format", "modalities"})

_FORMATS = {"text": Format.TEXT, "json_object": Format.JSON, "json_schema": Format.SCHEMA}
_TYPES = {value: key for key, value in _FORMATS.items()}
_FORMAT = frozenset({"type", "json_schema"})
_SCHEMA = frozenset({"name", "description", "schema", "strict"})
_PICTURE = {
    "aspect_ratio": ("image_config", "aspect_ratio"),
    "image_size": ("image_config", "image_size"),
}

_FIELDS = KNOWN | {"image_config"}


def parse(body: JSON) -> tuple[Output | None, JSON]:
    """What the body says about the answer's form, and the body without its picture settings."""
    if _FIELDS.isdisjoint(body):
        return None, body
    keep = Keep()
    said: JSON = {}
    for name, path in _PICTURE.items():
        if keeping.pick(body, path):
            said[name] = text(keeping.pick(body, path), ".".join(path))
            keep.shape[name] = path
            body = keeping.without(body, path)
    said |= _format(body, keep) | _modalities(body, keep)
    return (Output(**said, opaque=keep.mark()) if said else None), body


def _modalities(body: JSON, keep: Keep) -> JSON:
    words = get(body, "modalities", array, "")
    if not words:
        return {}
    spelt = [text(word, place("modalities", number)) for number, word in enumerate(words)]
    keep.shape["modalities"] = spelt
    return {"modalities": tuple(word.lower() for word in spelt)}


def _format(body: JSON, keep: Keep) -> JSON:
    wanted = get(body, "response_format", obj, "")
    if wanted is None:
        return {}
    kind = need(wanted, "type", text, "response_format")
    known = _FORMATS.get(kind)
    if known is None:
        # Some services know more (a grammar, a regular expression): theirs to read.
        keep.data.update(wanted)
        return {"format": None}
    keep.rest(wanted, _FORMAT)
    if known is not Format.SCHEMA:
        if "json_schema" in wanted:
            keep.data["json_schema"] = wanted["json_schema"]
        return {"format": known}
    path = "response_format.json_schema"
    inner = need(wanted, "json_schema", obj, "response_format")
    keep.rest(inner, _SCHEMA, "json_schema")
    return {
        "format": known,
        "schema": get(inner, "schema", obj, path),
        "name": get(inner, "name", text, path, ""),
        "description": get(inner, "description", text, path, ""),
        "strict": get(inner, "strict", flag, path),
    }


def render(output: Output | None, body: JSON, losses: list[Loss]) -> JSON:
    if output is None:
        return body
    shape = keeping.shape(output.opaque)
    if form := _wanted(output):
        body = {**body, "response_format": form}
    if output.modalities and output.modalities != ("text",):
        body = {**body, "modalities": list(output.modalities)}
    spelt = shape.get("modalities", [])
    if spelt and [word.lower() for word in spelt] == list(output.modalities or ()):
        body = {**body, "modalities": spelt}
    for name in _PICTURE:
        value = getattr(output, name)
        if value and name in shape:
            body = keeping.plant(body, shape[name], value)
        elif value:
            losses.append(Loss(name, "output"))
    return body


def _wanted(output: Output) -> JSON:
    if output.format is None:
        return dict(keeping.data(output.opaque))
    if output.format is Format.TEXT and not keeping.native(output.opaque):
        return {}
    if output.format is not Format.SCHEMA:
        return keeping.restore({"type": _TYPES[output.format]}, output.opaque)
    if output.schema is None and not keeping.native(output.opaque):
        return {"type": "json_object"}
    inner: JSON = {"name": output.name or "response"}
    if not output.name and keeping.native(output.opaque):
        del inner["name"]
    for key in ("description", "schema", "strict"):
        value = getattr(output, key)
        if value is not None and value != "":
            inner[key] = value
    return keeping.restore({"type": "json_schema", "json_schema": inner}, output.opaque)
