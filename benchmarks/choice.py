"""How long the choice of a credential takes, for every strategy: `python -m benchmarks.choice`."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime
from time import perf_counter

from benchmarks.shelf import VAULT, Shelf, row
from credentials.caps import Caps
from credentials.health import Policy, Succeeded
from credentials.orders import Strategy
from credentials.pool import Habits, Pool
from credentials.roster import Rules

_NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
_BUDGET = 20.0


async def microseconds(strategy: Strategy, size: int, calls: int, *, sessions: int = 0) -> float:
    """One acquire and its report, in a pool of `size` with caps; `sessions` of 0: without."""
    shelf = Shelf([row(id, caps=Caps(day=1_000_000)) for id in range(size)])
    habits = Habits(Rules(strategy=lambda: strategy))
    pool = Pool(shelf, VAULT, Policy, lambda: _NOW, habits=habits)
    await pool.refresh()
    ended = Succeeded()
    for lease in [await pool.acquire("gemini", "g") for _ in range(1_000)]:
        lease.report(ended)
    names = [f"session {number}" for number in range(sessions)] or [""]
    began = perf_counter()
    for number in range(calls):
        lease = await pool.acquire("gemini", "g", (), names[number % len(names)])
        lease.report(ended)
    return (perf_counter() - began) / calls * 1e6


async def _main(size: int, calls: int) -> None:
    print(f"{size} credentials, {calls} calls; acquire and report, microseconds")
    for strategy in Strategy:
        plain = await microseconds(strategy, size, calls)
        bound = await microseconds(strategy, size, calls, sessions=5_000)
        verdict = "ok" if max(plain, bound) <= _BUDGET else f"over {_BUDGET:g}"
        print(f"{strategy:<12} {plain:6.1f}   with sessions {bound:6.1f}   {verdict}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--calls", type=int, default=50_000)
    given = parser.parse_args()
    asyncio.run(_main(given.size, given.calls))
