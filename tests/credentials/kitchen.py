"""A pool over a fake store, with a clock turned by hand."""

from __future__ import annotations

import pytest

from credentials.bearer import Bearers
from credentials.health import Outcome, Policy
from credentials.orders import Strategy
from credentials.pool import Habits, Lease, Pool, Unavailable
from credentials.roster import Rules
from credentials.store import Row
from tests.credentials.fakes import VAULT, Clock, FakeStore


def _pro(model: str) -> bool:
    return "pro" in model


class Kitchen:
    """`rotation`, `strategy` and `lasts` (of sessions) may be changed while it is open."""

    def __init__(self, *rows: Row, strict: bool = True, bearers: Bearers | None = None) -> None:
        self.clock = Clock()
        self.store = FakeStore(*rows)
        self.rotation = 1
        self.strategy = Strategy.ROTATION
        self.lasts = 3600.0
        rules = Rules(lambda: self.rotation, lambda: self.strategy, _pro)
        habits = Habits(rules, lasts=lambda: self.lasts)
        self.pool = Pool(
            self.store, VAULT, Policy, self.clock, habits=habits, strict=strict, bearers=bearers
        )

    async def open(self) -> Kitchen:
        await self.pool.refresh()
        return self

    async def ids(self, count: int, model: str = "g", session: str = "") -> list[int]:
        leases = [await self.pool.acquire("gemini", model, (), session) for _ in range(count)]
        return [lease.access.id for lease in leases]

    async def end(self, outcome: Outcome, model: str = "g", session: str = "") -> Lease:
        """One call that ends with `outcome`, a second after it began."""
        lease = await self.pool.acquire("gemini", model, (), session)
        self.clock.advance(1)
        lease.report(outcome)
        return lease

    async def refusal(self, model: str = "g", exclude: tuple[int, ...] = ()) -> Unavailable:
        with pytest.raises(Unavailable) as caught:
            await self.pool.acquire("gemini", model, exclude)
        return caught.value
