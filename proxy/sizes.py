"""Sizes as people read them."""

from __future__ import annotations

_KIB, _MIB = 2**10, 2**20


def said(size: int) -> str:
    """`size` bytes in the largest unit that tells it exactly, or nearly so: "32 MiB", "1 KiB"."""
    if size >= _MIB:
        return f"{size // _MIB} MiB" if size % _MIB == 0 else f"{size / _MIB:.1f} MiB"
    if size >= _KIB and size % _KIB == 0:
        return f"{size // _KIB} KiB"
    return f"{size} byte{'s' if size != 1 else ''}"
