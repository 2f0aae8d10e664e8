"""Images, audio, files and video in messages, to and from `ir.Media`.

A data URL is split at its comma; the data itself is never decoded.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from proxy.dialects.base import JSON
from proxy.dialects.blame import Blame
from proxy.dialects.openai_chat import keeping
from proxy.dialects.openai_chat.keeping import Keep
from proxy.dialects.reading import get, need, obj, place, text
from proxy.errors import invalid
from proxy.ir import Media

_BOXES = {
    "image_url": frozenset({"url", "detail"}),
    "video_url": frozenset({"url"}),
    "input_audio": frozenset({"data", "format"}),
    "file": frozenset({"file_data", "filename"}),
}
KINDS = frozenset(_BOXES)

_DATA_FIELDS = {"image_url": "url", "video_url": "url", "input_audio": "data", "file": "file_data"}
_DETAILS = frozenset({"auto", "low", "high", "original"})
_AUDIO = {"mpeg": "mp3", "wave": "wav", "x-wav": "wav", "vnd.wave": "wav"}

# Addresses that only Google's own services can read.
_GOOGLE = ("generativelanguage.googleapis.com", "aiplatform.googleapis.com")


def parse(part: JSON, kind: str, path: str, field: str = "") -> Media:
    """`kind` is one of `KINDS`, the part's type; `field` where it stands, if not in `content`."""
    keep = Keep()
    if field:
        keep.shape["field"] = field
        if "index" in part:
            keep.shape["index"] = part["index"]
            part = {key: value for key, value in part.items() if key != "index"}
    keep.rest(part, frozenset({"type", kind}))
    where = place(path, kind)
    inner = part.get(kind)
    if isinstance(inner, str) and kind != "file":
        # Mistral and others take the address itself in the place of the object.
        keep.shape["bare"] = True
        inner = {_DATA_FIELDS[kind]: inner}
    box = obj(inner, where)
    keep.rest(box, _BOXES[kind], kind)
    keep.shape["type"] = kind
    value = need(box, _DATA_FIELDS[kind], text, where)
    mime, data, url = _split(value, place(where, _DATA_FIELDS[kind]), keep)
    if kind == "input_audio":
        mime = _sound(box, where, mime, keep)
    name = get(box, "filename", text, where, "") if kind == "file" else ""
    if kind == "file" and not mime and name.lower().endswith(".pdf"):
        mime = "application/pdf"
    detail = get(box, "detail", text, where, "") if kind == "image_url" else ""
    return Media(mime, data, url, name, detail, opaque=keep.mark())


def _sound(box: JSON, where: str, mime: str, keep: Keep) -> str:
    format = get(box, "format", text, where, "")
    if not format:
        keep.shape["unformatted"] = True
    return f"audio/{format}" if format else mime


def _split(value: str, path: str, keep: Keep) -> tuple[str, str, str]:
    """MIME type, data and address; `keep` learns a prefix other than the usual one."""
    kind = keep.shape["type"]
    if value.startswith("data:"):
        head, comma, data = value.partition(",")
        if not comma or not head.endswith(";base64"):
            raise invalid(f"{path} must be base64: data:<type>;base64,<data>", path)
        mime = head[5:].partition(";")[0]
        if kind == "input_audio" or head != f"data:{mime};base64":
            keep.shape["prefix"] = head + ","
        return mime, data, ""
    if kind == "input_audio":
        return "", value, ""
    if kind == "file" and "://" not in value[:16]:
        keep.shape["prefix"] = ""
        return "", value, ""
    if not value:
        raise invalid(f"{path} is empty", path)
    return "", "", value


def render(media: Media, where: str) -> JSON:
    """The content part. Raises INVALID_REQUEST for what no Chat service could read."""
    shape = keeping.shape(media.opaque)
    with Blame(media):
        kind = shape.get("type") or _kind(media, where)
    inner: JSON = {_DATA_FIELDS[kind]: _address(media, kind)}
    if kind == "image_url" and _says_detail(media):
        inner["detail"] = media.detail
    if kind == "input_audio" and "unformatted" not in shape:
        inner["format"] = _audio(media)
    if kind == "file" and (media.name or not shape):
        inner["filename"] = media.name or _filename(media.mime_type)
    out: JSON = {"type": kind, kind: inner[_DATA_FIELDS[kind]] if shape.get("bare") else inner}
    if "index" in shape:
        out["index"] = shape["index"]
    return keeping.restore(out, media.opaque)


def _says_detail(media: Media) -> bool:
    return bool(media.detail) and not vague(media)


def vague(media: Media) -> bool:
    """Whether its resolution hint is a word of another dialect."""
    known = media.detail in _DETAILS or keeping.native(media.opaque)
    return bool(media.detail) and not known


def says(media: Media) -> str:
    """What the media is called in a loss or a complaint: image, audio, video or file."""
    if keeping.shape(media.opaque).get("type") == "image_url":
        return "image"
    family = media.mime_type.partition("/")[0]
    return family if family in ("image", "audio", "video") else "file" if family else "image"


def data_url(media: Media) -> str:
    """The address, or the data as one."""
    return media.url or f"data:{media.mime_type};base64,{media.data}"


def _address(media: Media, kind: str) -> str:
    if media.url:
        return media.url
    prefix = keeping.shape(media.opaque).get("prefix")
    if prefix is None:
        return media.data if kind == "input_audio" else data_url(media)
    return str(prefix) + media.data


def _kind(media: Media, where: str) -> str:
    """Which part of Chat can hold media of another dialect."""
    kind = says(media)
    if kind == "video":
        raise invalid(f"{where}: a model behind the Chat API takes no video", where)
    if media.url:
        _reachable(media, where)
        if kind != "image":
            raise invalid(f"{where}: {kind} by URL is not taken here; send its data", where)
    return {"image": "image_url", "audio": "input_audio"}.get(kind, "file")


def _reachable(media: Media, where: str) -> None:
    try:
        parts = urlsplit(media.url)
        host = parts.hostname or ""
    except ValueError:
        raise invalid(f"{where}: {media.url[:200]} is no URL", where) from None
    if parts.scheme not in ("http", "https") or host.endswith(_GOOGLE):
        raise invalid(f"{where}: only Google can read {media.url[:200]}; send its data", where)


def _audio(media: Media) -> str:
    name = media.mime_type.partition("/")[2]
    return name if keeping.native(media.opaque) else _AUDIO.get(name.partition(";")[0], name)


def _filename(mime: str) -> str:
    return f"document.{mime.partition('/')[2]}" if mime else "document"


def shown(media: Media, number: int) -> JSON:
    """A picture of the model's, as an item of `images[]`."""
    return {"type": "image_url", "image_url": {"url": data_url(media)}, "index": number}
