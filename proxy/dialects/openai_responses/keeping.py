"""Keeps what the IR has no place for, so that a request is written again exactly as it came.

`data` of an `Opaque` holds unmodelled fields that say something; one inside a box such as `format`
is kept under its dotted name (`format.vendor_flag`). `shape["empty"]` holds fields that were there
but said nothing (null, "", [], {}): they come back only where the value is still unsaid.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.dialects import kept
from proxy.dialects.base import JSON
from proxy.ir import Dialect, Opaque

ORIGIN = Dialect.OPENAI_RESPONSES

_NOTHING: Mapping[str, Any] = {}


class Keep:
    """Gathers one value's `Opaque` while it is parsed."""

    __slots__ = ("data", "shape")

    def __init__(self) -> None:
        self.data: JSON = {}
        self.shape: JSON = {}

    def rest(self, source: Mapping[str, Any], known: frozenset[str], box: str = "") -> None:
        """Keeps the fields of `source` that are not `known`, and the known ones that are empty."""
        for key, value in source.items():
            name = f"{box}.{key}" if box else key
            if void(value):
                self.shape.setdefault("empty", {})[name] = value
            elif key not in known:
                self.data[name] = value

    def opaque(self) -> Opaque | None:
        if not self.data and not self.shape:
            return None
        return Opaque(ORIGIN, self.data, self.shape)

    def mark(self) -> Opaque:
        """Like `opaque`, but always there: it tells that the value came in this dialect."""
        return Opaque(ORIGIN, self.data, self.shape)


def void(value: Any) -> bool:
    return not value and (value is None or value in ("", [], {}))


def native(opaque: Opaque | None) -> bool:
    return opaque is not None and opaque.origin is ORIGIN


def shape(opaque: Opaque | None) -> Mapping[str, Any]:
    return opaque.shape if opaque is not None and opaque.origin is ORIGIN else _NOTHING


def data(opaque: Opaque | None) -> Mapping[str, Any]:
    return opaque.data if opaque is not None and opaque.origin is ORIGIN else _NOTHING


def restore(out: JSON, opaque: Opaque | None) -> JSON:
    """Puts back into `out` what was kept, if it was kept from this dialect."""
    if opaque is None or opaque.origin is not ORIGIN:
        return out
    return kept.restore(out, opaque)
