"""What a file is, by its first bytes and by what its server says. Pure."""

from __future__ import annotations

_FAMILIES = ("image/", "audio/", "video/")
_DOCUMENTS = frozenset({"application/pdf", "text/plain"})
# Servers that do not know a file's type say one of these, or nothing.
_UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream"})

_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"%PDF-": "application/pdf",
    b"ID3": "audio/mpeg",
    b"OggS": "audio/ogg",
    b"fLaC": "audio/flac",
    b"\x1a\x45\xdf\xa3": "video/webm",
}

_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}

# The major brand of an ISO media file: ISO/IEC 14496-12, and mp4ra.org.
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"M4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
}

# JPEG XL, SVG and others: no model reads them, and nothing here proves them.
_PROVEN = ("image/", "application/pdf")


def essence(content_type: str) -> str:
    """The media type without parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def is_welcome(declared: str) -> bool:
    """Whether a file of this declared type is worth reading."""
    return declared in _DOCUMENTS | _UNSAID or declared.startswith(_FAMILIES)


def sniffed(data: bytes) -> str:
    """The media type that the first bytes prove, "" if none."""
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "video/mp4")
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], "")
    return next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), "")


def settled(declared: str, data: bytes) -> str:
    """The media type of a file, "" if it is not what its server says, or nothing that is known.

    An image or a PDF must be proven, and may be another image than was said. Sound and film have
    too many forms for that: they are believed, unless they prove to be something else.
    """
    found = sniffed(data)
    if declared.startswith(("audio/", "video/")):
        return "" if found.startswith(_PROVEN) else declared
    if declared == "text/plain":
        return declared if _is_text(data) else ""
    if declared.startswith(_PROVEN):
        return found if found.startswith(_PROVEN) else ""
    return found


def _is_text(data: bytes) -> bool:
    try:
        return "\x00" not in data.decode()
    except UnicodeDecodeError:
        return False
