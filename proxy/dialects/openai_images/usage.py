"""Token counts, in both directions."""

from __future__ import annotations

from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_images import keeping
from proxy.dialects.openai_images.keeping import ORIGIN
from proxy.ir import Media, Opaque, Request, Usage

_SUMS = ("input_tokens", "output_tokens", "total_tokens")


def read(wire: JSON) -> Usage:
    rest = {key: value for key, value in wire.items() if key not in _SUMS and value}
    opaque = Opaque(ORIGIN, shape=rest) if rest else None
    return Usage(_count(wire, _SUMS[0]), _count(wire, _SUMS[1]), opaque=opaque)


def write(counts: Usage, request: Request) -> JSON:
    """Which tokens are of images is said where the prompt has none, or the upstream told."""
    asked, given = counts.input or 0, counts.output or 0
    out: JSON = dict(zip(_SUMS, (asked, given, asked + given), strict=True))
    if keeping.native(counts.opaque):
        return out | dict(keeping.shape(counts.opaque))
    if not any(isinstance(part, Media) for turn in request.turns for part in turn.parts):
        out["input_tokens_details"] = {"text_tokens": asked, "image_tokens": 0}
    return out


def _count(wire: JSON, key: str) -> int | None:
    value: Any = wire.get(key)
    return value if type(value) is int and 0 <= value < 2**53 else None
