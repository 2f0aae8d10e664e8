"""How the writer's thread answers those who wait on the loop. Runs on the loop."""

from __future__ import annotations

import asyncio


def wake(answers: list[tuple[asyncio.Future[None], Exception | None]]) -> None:
    for waiter, error in answers:
        if waiter.done():
            continue
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(error)


def succeed(waiter: asyncio.Future[int], found: int) -> None:
    if not waiter.done():
        waiter.set_result(found)


def fail(waiter: asyncio.Future[int], error: Exception) -> None:
    if not waiter.done():
        waiter.set_exception(error)
