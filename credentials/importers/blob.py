"""One JSON value as environment variables hold it: as it is, or in base64. Pure."""

from __future__ import annotations

import base64
import binascii

import msgspec

from credentials.importers.entry import BadFile

_LARGEST = 1 << 20


def decode(text: str) -> object:
    """The value. Raises BadFile, which quotes nothing."""
    text = text.strip()
    if len(text) > _LARGEST:
        raise BadFile("The value is larger than 1 MB.")
    data = text.encode() if text.startswith(("{", "[")) else _unbase64(text)
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        raise BadFile("The value is neither JSON nor JSON in base64.") from None


def _unbase64(text: str) -> bytes:
    plain = "".join(text.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
