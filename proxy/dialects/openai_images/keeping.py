"""Keeps what the IR has no place for, so that a request is written again exactly as it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.dialects import kept
from proxy.dialects.base import JSON
from proxy.ir import Dialect, Opaque

ORIGIN = Dialect.OPENAI_IMAGES

_NOTHING: Mapping[str, Any] = {}


def void(value: Any) -> bool:
    """Whether a field that is there says nothing."""
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
