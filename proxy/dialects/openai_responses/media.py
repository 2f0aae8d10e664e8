"""Images, files and audio in messages and tool results, to and from `ir.Media`.

A data URL is split at its comma; the data itself is never decoded. What is known only by a file
id is the upstream's own: nobody else can read it, so it stays a `Foreign`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from proxy.dialects import unread
from proxy.dialects.base import JSON
from proxy.dialects.blame import Blame
from proxy.dialects.openai_responses import keeping
from proxy.dialects.openai_responses.keeping import ORIGIN, Keep
from proxy.dialects.reading import get, need, obj, place, text
from proxy.errors import invalid
from proxy.ir import Foreign, Media, Opaque

KINDS = frozenset({"input_image", "input_file", "input_audio"})

_IMAGE = frozenset({"type", "image_url", "detail"})
_FILE = frozenset({"type", "file_data", "filename"})
_LINKED = frozenset({"type", "file_url", "filename"})
_DETAILS = frozenset({"auto", "low", "high", "original"})
_AUDIO = {"mpeg": "mp3", "wave": "wav", "x-wav": "wav", "vnd.wave": "wav"}

# Addresses that only Google's own services can read.
_GOOGLE = ("generativelanguage.googleapis.com", "aiplatform.googleapis.com")


def parse(part: JSON, path: str) -> Media | Foreign:
    """A content part whose type is one of `KINDS`."""
    kind = part["type"]
    if kind == "input_audio":
        return _sound(part, path)
    return _image(part, path) if kind == "input_image" else _file(part, path)


def _image(part: JSON, path: str) -> Media | Foreign:
    if part.get("image_url") is None and part.get("file_id") is not None:
        return unread.kept(_whole(part), path)
    keep = Keep()
    keep.rest(part, _IMAGE)
    keep.shape["type"] = "input_image"
    value = need(part, "image_url", text, path)
    mime, data, url = _split(value, place(path, "image_url"), keep)
    return Media(mime, data, url, "", get(part, "detail", text, path, ""), opaque=keep.mark())


def _file(part: JSON, path: str) -> Media | Foreign:
    linked = part.get("file_data") is None
    if linked and part.get("file_url") is None and part.get("file_id") is not None:
        return unread.kept(_whole(part), path)
    keep = Keep()
    keep.rest(part, _LINKED if linked else _FILE)
    keep.shape["type"] = "input_file"
    field = "file_url" if linked and "file_url" in part else "file_data"
    value = need(part, field, text, path)
    name = get(part, "filename", text, path, "")
    if field == "file_url":
        return Media(_named(name), "", _filled(value, place(path, field)), name, opaque=keep.mark())
    mime, data, url = _split(value, place(path, field), keep, bare=True)
    return Media(mime or _named(name), data, url, name, opaque=keep.mark())


def _sound(part: JSON, path: str) -> Media:
    keep = Keep()
    keep.rest(part, frozenset({"type", "input_audio"}))
    where = place(path, "input_audio")
    box = need(part, "input_audio", obj, path)
    keep.rest(box, frozenset({"data", "format"}), "input_audio")
    keep.shape["type"] = "input_audio"
    format = get(box, "format", text, where, "")
    mime = f"audio/{format}" if format else ""
    return Media(mime, need(box, "data", text, where), opaque=keep.mark())


def unknown(part: JSON, path: str) -> Foreign:
    """A content part that the IR does not model."""
    return unread.unknown(_whole(part), path)


def _whole(part: JSON) -> Opaque:
    return Opaque(ORIGIN, part, {"part": True})


def _named(name: str) -> str:
    return "application/pdf" if name.lower().endswith(".pdf") else ""


def _split(value: str, path: str, keep: Keep, *, bare: bool = False) -> tuple[str, str, str]:
    """MIME type, data and address. `bare`: base64 may come without the head of a data URL."""
    if value.startswith("data:"):
        head, comma, data = value.partition(",")
        if not comma or not head.endswith(";base64"):
            raise invalid(f"{path} must be base64: data:<type>;base64,<data>", path)
        mime = head[5:].partition(";")[0]
        if head != f"data:{mime};base64":
            keep.shape["prefix"] = head + ","
        return mime, data, ""
    if bare and "://" not in value[:16]:
        keep.shape["prefix"] = ""
        return "", value, ""
    return "", "", _filled(value, path)


def _filled(value: str, path: str) -> str:
    if not value:
        raise invalid(f"{path} is empty", path)
    return value


def render(media: Media, where: str) -> JSON:
    """The content part. Raises INVALID_REQUEST for what no service of this dialect could read."""
    shape = keeping.shape(media.opaque)
    with Blame(media):
        kind = shape.get("type") or _kind(media, where)
    out: JSON = {"type": kind}
    if kind == "input_image":
        out["image_url"] = media.url or _data(media)
        if media.detail and not vague(media):
            out["detail"] = media.detail
    elif kind == "input_audio":
        out["input_audio"] = {"data": media.data} | _format(media)
    else:
        out |= _document(media)
    return keeping.restore(out, media.opaque)


def _format(media: Media) -> JSON:
    name = media.mime_type.partition("/")[2].partition(";")[0]
    if keeping.native(media.opaque):
        name = media.mime_type.removeprefix("audio/")
        return {"format": name} if name else {}
    return {"format": _AUDIO.get(name, name)}


def _document(media: Media) -> JSON:
    out: JSON = {}
    if media.name or not keeping.native(media.opaque):
        out["filename"] = media.name or _filename(media.mime_type)
    if media.url:
        if not keeping.native(media.opaque):
            del out["filename"]
        return out | {"file_url": media.url}
    return out | {"file_data": _data(media)}


def _data(media: Media) -> str:
    prefix = keeping.shape(media.opaque).get("prefix")
    if prefix is None:
        prefix = f"data:{media.mime_type};base64,"
    return str(prefix) + media.data


def vague(media: Media) -> bool:
    """Whether its resolution hint is a word of another dialect."""
    known = media.detail in _DETAILS or keeping.native(media.opaque)
    return bool(media.detail) and not known


def says(media: Media) -> str:
    """What the media is called in a loss or a complaint: image, audio, video or file."""
    if keeping.shape(media.opaque).get("type") == "input_image":
        return "image"
    family = media.mime_type.partition("/")[0]
    return family if family in ("image", "audio", "video") else "file" if family else "image"


def _kind(media: Media, where: str) -> str:
    """Which part of this dialect can hold media of another."""
    kind = says(media)
    if kind == "video":
        raise invalid(f"{where}: a model behind the Responses API takes no video", where)
    if media.url:
        _reachable(media, where)
        if kind == "audio":
            raise invalid(f"{where}: audio by URL is not taken here; send its data", where)
    return {"image": "input_image", "audio": "input_audio"}.get(kind, "input_file")


def _reachable(media: Media, where: str) -> None:
    try:
        parts = urlsplit(media.url)
        host = parts.hostname or ""
    except ValueError:
        raise invalid(f"{where}: {media.url[:200]} is no URL", where) from None
    if parts.scheme not in ("http", "https", "data") or host.endswith(_GOOGLE):
        raise invalid(f"{where}: only Google can read {media.url[:200]}; send its data", where)


def _filename(mime: str) -> str:
    return f"document.{mime.partition('/')[2]}" if mime else "document"
