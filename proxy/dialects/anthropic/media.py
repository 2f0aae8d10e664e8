"""Images and documents, to and from `ir.Media`.

Anthropic takes JPEG, PNG, GIF and WebP, PDF, and plain text; as data, or by a URL that it fetches
itself. It hears and watches nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes, urlsplit

from proxy.dialects import reading
from proxy.dialects.anthropic.fields import Reader, Writer, mine
from proxy.dialects.base import JSON
from proxy.dialects.blame import Blame
from proxy.errors import GatewayError, invalid
from proxy.ir import Media

PDF = "application/pdf"
_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_ALIASES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "application/x-pdf": PDF}
_MAGIC = {
    "iVBORw0KGgo": "image/png",
    "/9j/": "image/jpeg",
    "R0lGOD": "image/gif",
    "UklGR": "image/webp",
    "JVBERi0": PDF,
}
_DATA_URL = re.compile(r"data:([^;,]*)((?:;[^;,]*)*),(.*)", re.IGNORECASE | re.DOTALL)

# Addresses that only Google's own services can read.
_GOOGLE = ("generativelanguage.googleapis.com", "aiplatform.googleapis.com")


def image(reader: Reader, value: JSON) -> Media | None:
    """None for an image that only Anthropic can read, by the id of a file."""
    source = value.get("source")
    if not isinstance(source, dict):
        raise reading.wrong(reader.place("source"), "an object")
    return _read(reader, source, "image")


def document(reader: Reader, source: JSON) -> Media | None:
    return _read(reader, source, "document")


def _read(reader: Reader, source: JSON, kind: str) -> Media | None:
    if source.get("type") not in ("base64", "url"):
        return None
    inner = reader.inner("source") or Reader({}, reader.path)
    name = reader.string("title") if kind == "document" else ""
    if inner.need("type", reading.text) == "url":
        url = inner.need("url", reading.text)
        mime = PDF if kind == "document" else ""
        return Media(mime, url=url, name=name, opaque=reader.opaque(block=kind, by="url"))
    mime, data = inner.need("media_type", reading.text), inner.need("data", reading.text)
    return Media(mime, data, name=name, opaque=reader.opaque(block=kind, by="base64"))


def render(media: Media, where: str) -> JSON:
    """The block. Raises INVALID_REQUEST for what Anthropic cannot read."""
    own = mine(media.opaque)
    if own is not None:
        return _again(media, own.shape["block"], own.shape["by"])
    with Blame(media):
        mime, data, url = _adapted(media, where)
        text = _plain(data, where) if mime.startswith("text/") and not url else None
    if url:
        return _block(media, mime, {"type": "url", "url": url})
    if text is not None:
        return _block(media, mime, text)
    return _block(media, mime, {"type": "base64", "media_type": mime, "data": data})


def _again(media: Media, kind: str, by: str) -> JSON:
    writer = Writer(media.opaque)
    writer.put("type", kind)
    inner = writer.inner("source")
    inner.put("type", by)
    if by == "url":
        inner.put("url", media.url)
    else:
        inner.put("media_type", media.mime_type)
        inner.put("data", media.data)
    if kind == "document":
        writer.put("title", media.name or None)
    return writer.done()


def _block(media: Media, mime: str, source: JSON) -> JSON:
    if mime in _IMAGES or (media.url and not mime):
        return {"type": "image", "source": source}
    out = {"type": "document", "source": source}
    return {**out, "title": media.name} if media.name else out


def _adapted(media: Media, where: str) -> tuple[str, str, str]:
    """MIME type, data and URL as Anthropic takes them."""
    mime, data, url = media.mime_type, media.data, media.url
    if url[:5].lower() == "data:":
        mime, data, url = *_unpacked(url, mime, where), ""
    if data and "/" not in mime:
        mime = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), "")
    mime = mime.partition(";")[0].strip().lower()
    mime = _ALIASES.get(mime, mime)
    if url:
        _reachable(url, where)
        mime = "" if mime.startswith("image/") else mime
    if mime in _IMAGES or mime == PDF or (url and not mime) or (data and mime[:5] == "text/"):
        return mime, data, url
    raise _unread(mime, where)


def _unread(mime: str, where: str) -> GatewayError:
    family = mime.partition("/")[0]
    what = family if family in ("audio", "video") else mime or "a file without a MIME type"
    return invalid(
        f"{where}: this model takes no {what}; it reads images (JPEG, PNG, GIF, WebP), PDF and "
        "plain text",
        where,
    )


def _reachable(url: str, where: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise invalid(f"{where}: {url[:200]} is no URL", where) from None
    if parts.scheme not in ("http", "https") or host.endswith(_GOOGLE):
        raise invalid(f"{where}: only Google can read {url[:200]}; send its data", where)


def _unpacked(url: str, mime: str, where: str) -> tuple[str, str]:
    """MIME type and base64 data of a data URL."""
    found = _DATA_URL.match(url)
    if not found:
        raise invalid(f"{where} is not a valid data URL", where)
    kind = found[1].strip() or mime
    if found[2].lower().endswith(";base64"):
        return kind, found[3].strip()
    return kind or "text/plain", base64.b64encode(unquote_to_bytes(found[3])).decode()


def _plain(data: str, where: str) -> JSON:
    try:
        text = base64.b64decode(data, validate=True).decode()
    except (binascii.Error, ValueError):
        raise invalid(f"{where} is not base64 of UTF-8 text", where) from None
    return {"type": "text", "media_type": "text/plain", "data": text}


def says(media: Media) -> str:
    """What the media is called in a loss: image, audio, video or file."""
    family = media.mime_type.partition("/")[0]
    return family if family in ("image", "audio", "video") else "file" if family else "image"


def shown(media: Media) -> JSON:
    """A picture of the model's own, as the block in which Anthropic takes pictures."""
    if media.url and media.url[:5].lower() != "data:":
        return {"type": "image", "source": {"type": "url", "url": media.url}}
    mime, data = media.mime_type, media.data
    if media.url and (found := _DATA_URL.match(media.url)):
        mime, data = found[1] or mime, found[3]
    return {"type": "image", "source": {"type": "base64", "media_type": mime, "data": data}}
