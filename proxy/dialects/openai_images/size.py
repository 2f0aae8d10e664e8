"""`size` (`1536x1024`), to and from the aspect ratio and size class that Gemini's models take.

The nearest ratio is taken, and the smallest class (1K, 2K, 4K: pixels along the side of a square
of the same area) that gives at least three quarters of the side that was asked for. 1K goes
unsaid: it is the default, and the models before Gemini 3 have no other.
https://ai.google.dev/gemini-api/docs/image-generation (aspect ratios and image sizes).
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from proxy.errors import invalid

AUTO = "auto"

_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
_CLASSES = {"": 1024, "2K": 2048, "4K": 4096}
_SIDES = {"": 1024, "1K": 1024, "2K": 2048, "4K": 4096}
_SIZE = re.compile(r"([1-9]\d{0,4})[xX×*]([1-9]\d{0,4})")
_RATIO = re.compile(r"([1-9]\d?):([1-9]\d?)")
_STEP = 16


class Shape(NamedTuple):
    """`ratio` as in `16:9`, `size` one of "", 2K, 4K. `exact`: no pixel more or less was asked."""

    ratio: str = ""
    size: str = ""
    exact: bool = True


def read(text: str) -> Shape:
    """Raises INVALID_REQUEST for what is no size."""
    if text in ("", AUTO):
        return Shape()
    found = _SIZE.fullmatch(text)
    if found is None:
        raise invalid("size must be `auto` or as in `1024x1024`", "size")
    width, height = int(found[1]), int(found[2])
    side = math.sqrt(width * height)
    size = next((name for name, most in _CLASSES.items() if side * 0.75 <= most), "4K")
    return Shape(_nearest(width / height), size, width == height == _CLASSES[size])


def write(ratio: str, size: str) -> str:
    """The size in pixels, "" if neither says anything. Sides are multiples of 16, as OpenAI's."""
    side = _SIDES.get(size.upper(), 1024)
    if not ratio and size.upper() not in _SIDES.keys() - {""}:
        return ""
    found = _RATIO.fullmatch(ratio or "1:1")
    if found is None:
        return ""
    stretch = math.sqrt(int(found[1]) / int(found[2]))
    return f"{_stepped(side * stretch)}x{_stepped(side / stretch)}"


def _stepped(side: float) -> int:
    return max(_STEP, round(side / _STEP) * _STEP)


def _nearest(ratio: float) -> str:
    def distance(name: str) -> float:
        wide, _, high = name.partition(":")
        return abs(math.log(ratio * int(high) / int(wide)))

    return min(_RATIOS, key=distance)
