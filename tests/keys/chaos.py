"""What clients, administrators and the clock do to a ledger, at random, for `tests.keys.worker`."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from django.db import connections

from keys import services
from keys.ledger import Ledger
from keys.quota import Refused

MODELS = ("gemini-2.5-pro", "gemini-2.5-flash-high", "other", "")
_CLIENTS = 16
_TOLD = 50


class Chaos:
    """`count` operations on some keys. The clock jumps, and is another one in every process."""

    def __init__(self, name: str, seed: int, keys: list[int], using: str) -> None:
        self.now = datetime(2026, 10, 30, 12, 0, tzinfo=UTC)
        self._name = name
        self._random = random.Random(seed)
        self._keys = keys
        self._using = using
        self._made = 0
        self._done = 0
        self._admin = ThreadPoolExecutor(1)

    async def run(self, ledger: Ledger, count: int) -> None:
        try:
            await asyncio.gather(*(self._client(ledger, count) for _ in range(_CLIENTS)))
            await ledger.flush()
        finally:
            self._admin.submit(lambda: connections[self._using].close()).result()
            self._admin.shutdown()

    async def _client(self, ledger: Ledger, count: int) -> None:
        acts: list[Callable[[Ledger, int], Awaitable[None]]] = [
            self._call,
            self._leave,
            self._sweep,
            self._administer,
            self._wait,
        ]
        while self._done < count:
            self._done += 1
            if self._done % _TOLD == 0:
                print(self._done, flush=True)
            act = self._random.choices(acts, (78, 8, 1, 5, 8))[0]
            await act(ledger, self._random.choice(self._keys))

    def _request(self) -> str:
        self._made += 1
        return f"{self._name}-{self._made}"

    async def _call(self, ledger: Ledger, key: int) -> None:
        """A request that ends somehow: once, twice, or never."""
        units, name, chance = self._random.randint(0, 4), self._request(), self._random.random()
        try:
            await ledger.reserve(key, units, name, self._random.choice(MODELS))
        except Refused:
            return
        if chance < 0.3:
            await asyncio.sleep(0)
        if chance < 0.95:
            ledger.settle(name, key, self._random.randint(0, 5), charge=chance < 0.7)
        if chance < 0.05:
            ledger.settle(name, key, units, charge=True)

    async def _leave(self, ledger: Ledger, key: int) -> None:
        """A client that is gone before its reservation is there."""
        with contextlib.suppress(TimeoutError, Refused):
            await asyncio.wait_for(ledger.reserve(key, 1, self._request(), MODELS[0]), 0.001)

    async def _sweep(self, ledger: Ledger, key: int) -> None:
        await ledger.sweep(self.now)

    async def _wait(self, ledger: Ledger, key: int) -> None:
        self.now += timedelta(minutes=self._random.randint(0, 90))

    async def _administer(self, ledger: Ledger, key: int) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._admin, self._decide, key, self._random.random())

    def _decide(self, key: int, chance: float) -> None:
        using = self._using
        with contextlib.suppress(ValueError):
            if chance < 0.4:
                services.grant(key, 20, using=using)
            elif chance < 0.6:
                services.withdraw(key, 10, using=using)
            elif chance < 0.8:
                services.renew(key, now=self.now, using=using)
            else:
                services.reset(key, now=self.now, using=using)
