"""What is done now and then beside the requests: sums are made, old things forgotten, lenders
rewarded. On a thread of its own, so that neither requests nor their snapshots wait for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from django.db import close_old_connections

from credentials.caps import Calendar
from credentials.lending import prune as lending
from credentials.lending import rules
from credentials.oauth import record as flows
from gateway.config import Config
from keys import handouts, prune, rollup
from panel import rewards

log = logging.getLogger("potluck.chores")

Job = Callable[[datetime], object]


class Chores:
    """`config` and `calendar` are asked each time, so that settings change without a restart."""

    def __init__(
        self,
        config: Callable[[], Config],
        calendar: Callable[[], Calendar],
        clock: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._calendar = calendar
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="potluck-chores")

    async def count(self) -> None:
        """Once a minute: the sums that the overview and the status page show."""
        await self._do([rollup.run])

    async def tidy(self) -> None:
        """Once an hour. Each job by itself: one that fails does not keep the others from theirs."""
        await self._do(self._jobs())

    async def close(self) -> None:
        """What is under way is waited for, the rest is given up."""
        await asyncio.to_thread(partial(self._thread.shutdown, cancel_futures=True))

    def _jobs(self) -> list[Job]:
        config, calendar = self._config(), self._calendar()
        records = timedelta(days=config.request_log_days)
        hours = timedelta(days=config.usage_hour_days)
        return [
            handouts.prune,
            flows.prune,
            lambda now: prune.prune(now - records),
            lambda now: rollup.prune(now - hours),
            # Two days more than any time zone could be behind.
            lambda now: prune.key_days((now - hours - timedelta(days=2)).date()),
            lambda now: rewards.pay(now, rules.rules(config).reward, calendar),
            lambda now: lending.prune(now, calendar),
        ]

    async def _do(self, jobs: list[Job]) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._tried, jobs)

    def _tried(self, jobs: list[Job]) -> None:
        close_old_connections()
        for job in jobs:
            try:
                job(self._clock())
            except Exception:
                log.exception("a chore failed; it is tried again")
        close_old_connections()
