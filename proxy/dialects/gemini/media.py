"""Images, audio, video and documents: `inlineData` and `fileData`. Bytes are never decoded."""

from __future__ import annotations

import base64
import re
from urllib.parse import unquote_to_bytes

from proxy.dialects import reading
from proxy.dialects.base import JSON
from proxy.dialects.blame import Blame
from proxy.dialects.gemini.fields import Reader, Writer, mine
from proxy.errors import invalid
from proxy.ir import Media, Signature
from proxy.media import google

_STANDARD = str.maketrans("-_", "+/")

# OpenAI names audio by format, not by MIME type.
_AUDIO = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "aiff": "audio/aiff",
    "m4a": "audio/m4a",
    "pcm16": "audio/L16;codec=pcm;rate=24000",
}

# The first bytes of common files, as base64 begins with them.
_MAGIC = {
    "iVBORw0KGgo": "image/png",
    "/9j/": "image/jpeg",
    "R0lGOD": "image/gif",
    "JVBERi": "application/pdf",
    "SUQz": "audio/mpeg",
    "T2dnUw": "audio/ogg",
    "ZkxhQw": "audio/flac",
}

_RIFF = {"RUJQ": "image/webp", "QVZF": "audio/wav"}

_DATA_URL = re.compile(r"data:([^,]*?)(;base64)?,(.*)", re.DOTALL | re.IGNORECASE)


def parse_inline(reader: Reader, signature: Signature | None) -> Media:
    inner = reader.inner("inlineData")
    if inner is None:
        raise reading.wrong(reader.place("inlineData"), "an object")
    data = inner.string("data")
    plain = data.translate(_STANDARD) if "-" in data or "_" in data else data
    if plain is not data:
        inner.memo("data", data, plain)
    mime, name = inner.string("mimeType"), inner.string("displayName")
    return Media(mime, data=plain, name=name, signature=signature, opaque=reader.opaque())


def parse_file(reader: Reader, signature: Signature | None) -> Media:
    inner = reader.inner("fileData")
    if inner is None:
        raise reading.wrong(reader.place("fileData"), "an object")
    mime, url, name = (inner.string(field) for field in ("mimeType", "fileUri", "displayName"))
    return Media(mime, url=url, name=name, signature=signature, opaque=reader.opaque())


def render(media: Media, signature: str | None, *, asked: bool = True, where: str = "") -> JSON:
    """The part. What is `asked` of Google raises INVALID_REQUEST for a URL that it cannot read;
    in an answer to a client any URL may stand."""
    writer = Writer(media.opaque)
    if mine(media.opaque) is None:
        with Blame(media):
            media = _adapted(media, where, asked=asked)
    field = "fileData" if media.url or (writer.had("fileData") and not media.data) else "inlineData"
    inner = writer.inner(field)
    inner.put("mimeType", media.mime_type or None)
    if field == "fileData":
        inner.put("fileUri", media.url or None)
    else:
        inner.put("data", media.data or None)
    # Only Vertex takes a display name; a file name from elsewhere is a label, not content.
    inner.put("displayName", media.name if mine(media.opaque) and media.name else None)
    writer.put("thoughtSignature", signature)
    return writer.done()


def _adapted(media: Media, where: str, *, asked: bool) -> Media:
    mime, data, url = media.mime_type, media.data, media.url
    if url[:5].lower() == "data:":
        mime, data, url = *_unpacked(url, mime, where), ""
    elif url and asked and not google.reads(url):
        raise invalid(
            f"{where}: Google does not read this URL, nor does this gateway; "
            "send the file as a data URL (data:<mime type>;base64,<data>)",
            where,
        )
    mime = _AUDIO.get(mime.lower(), mime)
    if data and "/" not in mime:
        mime = _sniffed(data)
        if not mime and asked:
            raise invalid(f"{where}: say the MIME type of this file", where)
    return Media(mime, data=data, url=url)


def _unpacked(url: str, mime: str, where: str) -> tuple[str, str]:
    """MIME type and base64 data of a data URL."""
    found = _DATA_URL.match(url)
    if not found:
        raise invalid(f"{where} is not a valid data URL", where)
    kind = found[1].strip() or mime
    if found[2]:
        return kind, found[3].strip()
    return kind or "text/plain", base64.b64encode(unquote_to_bytes(found[3])).decode()


def _sniffed(data: str) -> str:
    for magic, mime in _MAGIC.items():
        if data.startswith(magic):
            return mime
    # RIFF holds WebP or WAV: bytes 9 to 11 say which.
    if data.startswith("UklGR") and data[12:16] in _RIFF:
        return _RIFF[data[12:16]]
    return ""
