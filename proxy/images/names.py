"""Names of stored files: 128 random bits, and an extension that tells the media type. Pure."""

from __future__ import annotations

import re
import secrets

_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "heic": "image/heic",
    "bmp": "image/bmp",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "bin": "application/octet-stream",
}
_EXTENSIONS = {mime: extension for extension, mime in _TYPES.items()} | {"image/jpg": "jpg"}

# Pictures that hold nothing but pixels: no script, no links. (SVG does.)
_RASTER = frozenset({"png", "jpg", "webp", "gif", "avif", "heic", "bmp"})

PATTERN = rf"[0-9a-f]{{32}}\.(?:{'|'.join(_TYPES)})"
_NAME = re.compile(PATTERN)


def mint(mime: str) -> str:
    """A type that is not known here is stored as bytes of no type."""
    kind = mime.partition(";")[0].strip().lower()
    return f"{secrets.token_hex(16)}.{_EXTENSIONS.get(kind, 'bin')}"


def is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def mime_of(name: str) -> str:
    return _TYPES[name.rpartition(".")[2]]


def is_raster(name: str) -> bool:
    return name.rpartition(".")[2] in _RASTER
