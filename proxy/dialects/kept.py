"""Puts back what a parser kept of a value because the IR has no place for it.

`data` of the `Opaque` holds unmodelled fields, one inside a box such as `function` under its dotted
name (`function.vendor_flag`); `shape["empty"]` holds fields that were there but said nothing.
"""

from __future__ import annotations

from proxy.dialects.base import JSON
from proxy.ir import Opaque


def restore(out: JSON, opaque: Opaque) -> JSON:
    """`out` with the fields. An empty one comes back only where the value is still unsaid."""
    for name, value in opaque.data.items():
        box, key = _locate(out, name)
        box[key] = value
    for name, value in opaque.shape.get("empty", {}).items():
        box, key = _locate(out, name)
        box.setdefault(key, value)
    return out


def _locate(out: JSON, name: str) -> tuple[JSON, str]:
    box, dot, key = name.partition(".")
    inside = out.get(box)
    return (inside, key) if dot and isinstance(inside, dict) else (out, name)
