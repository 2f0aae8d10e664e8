"""Keeps what the IR has no place for (see `proxy/dialects/kept.py`).

Here `shape["empty"]` holds modelled fields that were there but said nothing (null, "", []).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proxy.dialects import kept
from proxy.dialects.base import JSON
from proxy.ir import Dialect, Opaque

ORIGIN = Dialect.OPENAI_CHAT

_own = kept.Own(ORIGIN)
native, shape, data, restore = _own.native, _own.shape, _own.data, _own.restore


class Keep(kept.Gathering):
    __slots__ = ()

    origin = ORIGIN

    def rest(self, source: Mapping[str, Any], known: frozenset[str], box: str = "") -> None:
        for key, value in source.items():
            if key not in known:
                self.data[f"{box}.{key}" if box else key] = value
            elif not value and (value is None or value == "" or value == []):
                empty = self.shape.setdefault("empty", {})
                empty[f"{box}.{key}" if box else key] = value


def told(opaque: Opaque | None) -> bool:
    """Whether this dialect kept something there."""
    if opaque is None or opaque.origin is not ORIGIN:
        return False
    return bool(opaque.data or opaque.shape)


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
