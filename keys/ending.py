"""How a task that would go on for ever is ended."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

_PATIENCE = 0.2
"""Seconds before a task that has not ended is asked again."""


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels them until all have ended; how they ended is not told.

    Once is not enough: before Python 3.12 `asyncio.wait_for` may swallow a cancellation that
    arrives with its result, and redis-py sends through it.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_PATIENCE)
