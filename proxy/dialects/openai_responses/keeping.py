"""Keeps what the IR has no place for (see `proxy/dialects/kept.py`).

Here `shape["empty"]` holds every field that was there but said nothing (null, "", [], {}), whether
it is modelled or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.dialects import kept
from proxy.ir import Dialect

ORIGIN = Dialect.OPENAI_RESPONSES

_own = kept.Own(ORIGIN)
native, shape, data, restore = _own.native, _own.shape, _own.data, _own.restore
void = kept.void


class Keep(kept.Gathering):
    __slots__ = ()

    origin = ORIGIN

    def rest(self, source: Mapping[str, Any], known: frozenset[str], box: str = "") -> None:
        """Keeps the fields of `source` that are not `known`, and the known ones that are empty."""
        for key, value in source.items():
            name = f"{box}.{key}" if box else key
            if void(value):
                self.shape.setdefault("empty", {})[name] = value
            elif key not in known:
                self.data[name] = value
