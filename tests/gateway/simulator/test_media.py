"""Files and vectors that are what they say."""

from __future__ import annotations

import math
import struct
import zlib

from gateway.simulator import media


def test_the_png_holds_its_pixels() -> None:
    data = media.png("seed", size=4)
    assert struct.unpack(">II", data[16:24]) == (4, 4)
    start = data.index(b"IDAT") + 4
    assert len(zlib.decompressobj().decompress(data[start:])) == 4 * (1 + 4 * 3)


def test_another_seed_is_another_colour() -> None:
    assert media.png("a") != media.png("b") and media.png("a") == media.png("a")


def test_vectors_have_length_one() -> None:
    vector = media.vector("text", 768)
    assert len(vector) == 768
    assert math.isclose(sum(value * value for value in vector), 1, abs_tol=1e-6)
    assert vector != media.vector("other", 768)
