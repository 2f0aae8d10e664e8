"""Small files that are really what they say."""

from __future__ import annotations

import base64
import hashlib
import math
import struct
import zlib


def png(seed: str, size: int = 16) -> bytes:
    """A square of one colour that `seed` decides: 8-bit RGB, valid to any decoder."""
    colour = hashlib.sha256(seed.encode()).digest()[:3]
    rows = (b"\x00" + colour * size) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(rows)),
            _chunk(b"IEND", b""),
        ]
    )


def digest(data: bytes) -> str:
    """The first 16 hexadecimal digits of the SHA-256, as answers quote it."""
    return hashlib.sha256(data).hexdigest()[:16]


def identity(seed: str, length: int) -> str:
    """Letters and digits for an id, at most 43; they depend on `seed` alone."""
    digest = hashlib.sha256(seed.encode()).digest()
    return base64.b64encode(digest, b"xy").decode()[:length]


def vector(text: str, dimensions: int) -> list[float]:
    """An embedding of length 1 that depends on the text alone."""
    raw: list[float] = []
    block = 0
    while len(raw) < dimensions:
        stream = hashlib.sha512(f"{block}:{text}".encode()).digest()
        raw.extend((value - 32768) / 32768 for value in struct.unpack(">32H", stream))
        block += 1
    raw = raw[:dimensions]
    length = math.sqrt(sum(value * value for value in raw)) or 1.0
    return [round(value / length, 9) for value in raw]


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
