"""Whoever has just been answered finds the units of it in the books."""

from __future__ import annotations

from contextlib import suppress

from panel import bridge
from panel.bridge import NotRunning


def settled() -> None:
    """Waits for what this process has not written yet, a little and no longer."""
    with suppress(NotRunning, TimeoutError):
        bridge.current().settle()
