"""Keeps what the IR has no place for, so that a request is written again exactly as it came.

`data` of an `Opaque` holds unmodelled fields; one inside a box such as `function` is kept under
its dotted name (`function.vendor_flag`). `shape["empty"]` holds modelled fields that were there
but said nothing (null, "", []): they come back only where the value is still unsaid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proxy.dialects import kept
from proxy.dialects.base import JSON
from proxy.ir import Dialect, Opaque

ORIGIN = Dialect.OPENAI_CHAT

_NOTHING: Mapping[str, Any] = {}


class Keep:
    """Gathers one value's `Opaque` while it is parsed."""

    __slots__ = ("data", "shape")

    def __init__(self) -> None:
        self.data: JSON = {}
        self.shape: JSON = {}

    def rest(self, source: Mapping[str, Any], known: frozenset[str], box: str = "") -> None:
        for key, value in source.items():
            if key not in known:
                self.data[f"{box}.{key}" if box else key] = value
            elif not value and (value is None or value == "" or value == []):
                empty = self.shape.setdefault("empty", {})
                empty[f"{box}.{key}" if box else key] = value

    def opaque(self) -> Opaque | None:
        if not self.data and not self.shape:
            return None
        return Opaque(ORIGIN, self.data, self.shape)

    def mark(self) -> Opaque:
        """Like `opaque`, but always there: it tells that the value came in this dialect."""
        return Opaque(ORIGIN, self.data, self.shape)


def native(opaque: Opaque | None) -> bool:
    return opaque is not None and opaque.origin is ORIGIN


def told(opaque: Opaque | None) -> bool:
    """Whether this dialect kept something there."""
    if opaque is None or opaque.origin is not ORIGIN:
        return False
    return bool(opaque.data or opaque.shape)


def shape(opaque: Opaque | None) -> Mapping[str, Any]:
    return opaque.shape if opaque is not None and opaque.origin is ORIGIN else _NOTHING


def data(opaque: Opaque | None) -> Mapping[str, Any]:
    return opaque.data if opaque is not None and opaque.origin is ORIGIN else _NOTHING


def restore(out: JSON, opaque: Opaque | None) -> JSON:
    """Puts back into `out` what was kept, if it was kept from this dialect."""
    if opaque is None or opaque.origin is not ORIGIN:
        return out
    return kept.restore(out, opaque)


Path = Sequence[str]


def pick(tree: Any, path: Path) -> Any:
    """The value at `path`, None if there is none."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def without(tree: JSON, path: Path) -> JSON:
    """A copy without the leaf at `path` and without the boxes that it leaves empty."""
    head, *tail = path
    copy = dict(tree)
    if tail and (inside := without(copy[head], tail)):
        copy[head] = inside
    else:
        del copy[head]
    return copy


def plant(tree: JSON, path: Path, value: Any) -> JSON:
    """A copy with `value` at `path`; boxes on the way are made or copied, never changed."""
    head, *tail = path
    if not tail:
        return {**tree, head: value}
    inside = tree.get(head)
    return {**tree, head: plant(inside if isinstance(inside, dict) else {}, tail, value)}
