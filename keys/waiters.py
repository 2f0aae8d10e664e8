"""How those who wait on the loop are answered, by the writer's thread or by the time. Runs on the
loop."""

from __future__ import annotations

import asyncio

from keys.outage import LedgerDown


class Overdue(LedgerDown):
    """Nobody knows yet whether it is committed."""

    def __str__(self) -> str:
        return "the ledger is not written in time"


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


def expire(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(Overdue())
