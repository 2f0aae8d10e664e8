"""What the IR has no place for, kept so that a request is written again exactly as it came.

`data` of an `Opaque` holds unmodelled fields, one inside a box such as `function` under its dotted
name (`function.vendor_flag`); `shape["empty"]` holds fields that were there but said nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from proxy.dialects.base import JSON
from proxy.ir import Dialect, Opaque

_NOTHING: Mapping[str, Any] = {}


class Own:
    """Reads what one dialect kept. What another one kept is not there for it."""

    __slots__ = ("_origin",)

    def __init__(self, origin: Dialect) -> None:
        self._origin = origin

    def native(self, opaque: Opaque | None) -> bool:
        return opaque is not None and opaque.origin is self._origin

    def shape(self, opaque: Opaque | None) -> Mapping[str, Any]:
        return opaque.shape if opaque is not None and opaque.origin is self._origin else _NOTHING

    def data(self, opaque: Opaque | None) -> Mapping[str, Any]:
        return opaque.data if opaque is not None and opaque.origin is self._origin else _NOTHING

    def restore(self, out: JSON, opaque: Opaque | None) -> JSON:
        """Puts back into `out` what was kept, if it was kept from this dialect."""
        if opaque is None or opaque.origin is not self._origin:
            return out
        return restore(out, opaque)


class Gathering:
    """One value's `Opaque`, gathered while it is parsed. What is kept, each dialect says."""

    __slots__ = ("data", "shape")

    origin: ClassVar[Dialect]

    def __init__(self) -> None:
        self.data: JSON = {}
        self.shape: JSON = {}

    def opaque(self) -> Opaque | None:
        if not self.data and not self.shape:
            return None
        return Opaque(self.origin, self.data, self.shape)

    def mark(self) -> Opaque:
        """Like `opaque`, but always there: it tells that the value came in this dialect."""
        return Opaque(self.origin, self.data, self.shape)


def void(value: Any) -> bool:
    """Whether a field that is there says nothing."""
    return not value and (value is None or value in ("", [], {}))


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
