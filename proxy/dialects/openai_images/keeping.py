"""Keeps what the IR has no place for (see `proxy/dialects/kept.py`)."""

from __future__ import annotations

from proxy.dialects import kept
from proxy.ir import Dialect

ORIGIN = Dialect.OPENAI_IMAGES

_own = kept.Own(ORIGIN)
native, shape, data, restore = _own.native, _own.shape, _own.data, _own.restore
void = kept.void
