"""Images of a question, to and from `ir.Media`.

Seen forms: `image` as a data URL or a list of them (what `form.py` makes of an upload),
`images: [{"image_url": …}]` (OpenAI's JSON), `image: {"url": …}` (xAI).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from proxy.dialects.base import JSON
from proxy.dialects.openai_images import keeping
from proxy.dialects.openai_images.keeping import ORIGIN
from proxy.dialects.reading import place, wrong
from proxy.errors import invalid
from proxy.ir import Media, Opaque

FIELDS = ("image", "images")

_KEYS = ("image_url", "url")
_UPLOADED = "Send the image itself: only OpenAI knows the files that were uploaded to it."


def parse(body: JSON, shape: JSON, only: JSON) -> tuple[Media, ...]:
    """`only` learns what no other dialect can say. Raises INVALID_REQUEST."""
    found: list[Media] = []
    for field in FIELDS:
        value = body.get(field)
        if keeping.void(value):
            continue
        items = value if isinstance(value, list) else [value]
        if any(isinstance(item, dict) and "file_id" in item for item in items):
            only[field] = value, _UPLOADED
            continue
        shape[field] = (len(items), isinstance(value, list))
        found += [_media(item, place(field, at)) for at, item in enumerate(items)]
    return tuple(found)


def _media(item: Any, where: str) -> Media:
    if isinstance(item, str):
        return _read(item, where, {})
    if isinstance(item, dict):
        for key in _KEYS:
            if isinstance(item.get(key), str):
                beside = {name: value for name, value in item.items() if name != key}
                return _read(item[key], place(where, key), {"key": key, "beside": beside})
    raise wrong(where, "an image: a data URL, or an object with `image_url`")


def _read(address: str, where: str, shape: JSON) -> Media:
    if address[:5].lower() != "data:":
        if "://" in address[:16]:
            return Media("", url=address, opaque=Opaque(ORIGIN, shape=shape))
        if not address:
            raise invalid(f"{where} is empty", where)
        # Bare base64.
        return Media("", address, opaque=Opaque(ORIGIN, shape=shape | {"prefix": ""}))
    head, comma, data = address.partition(",")
    if not comma or not head.lower().endswith(";base64"):
        raise invalid(f"{where} must be base64: data:<type>;base64,<data>", where)
    mime, *details = head[5:-7].split(";")
    name = next((unquote(each[5:]) for each in details if each.startswith("name=")), "")
    if head != f"data:{mime};base64":
        shape = shape | {"prefix": head + ","}
    return Media(mime, data, name=name, opaque=Opaque(ORIGIN, shape=shape))


def render(found: list[Media], shape: Any, out: JSON) -> None:
    """Writes the fields as they came, or all into `image`, as uploads."""
    left = list(found)
    for field in FIELDS:
        count, listed = shape.get(field, (0, False))
        items, left = [_written(media) for media in left[:count]], left[count:]
        if items:
            out[field] = items if listed else items[0]
    if left:
        more = [_written(media) for media in left]
        before = out.get("image")
        if before is not None:
            more = [*(before if isinstance(before, list) else [before]), *more]
        out["image"] = more if len(more) > 1 else more[0]


def _written(media: Media) -> Any:
    shape = keeping.shape(media.opaque)
    prefix = shape.get("prefix", f"data:{media.mime_type or 'image/png'};base64,")
    address = media.url or prefix + media.data
    return {**shape["beside"], shape["key"]: address} if "key" in shape else address
