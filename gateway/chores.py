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
from panel import nameless, rewards, trial

log = logging.getLogger("potluck.chores")

_EVERY = timedelta(seconds=60)

Job = Callable[[datetime], object]


class Chores:
    """`config` and `calendar` are asked each time, so that settings change without a restart.
    `written` counts the calls whose records this process has stored."""

    def __init__(
        self,
        config: Callable[[], Config],
        calendar: Callable[[], Calendar],
        clock: Callable[[], datetime],
        written: Callable[[], int],
    ) -> None:
        self._config = config
        self._calendar = calendar
        self._clock = clock
        self._written = written
        self._counted = -1
        self._due = clock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="potluck-chores")

    async def count(self) -> None:
        """Asked every second: the sums that the overview and the status page show. They are made
        soon after a call, so that whoever tries the gateway sees it, and else once a minute."""
        written, now = self._written(), self._clock()
        if written == self._counted and now < self._due:
            return
        # Before the work: what fails is tried again with the next call, not every second.
        self._counted, self._due = written, now + _EVERY
        await self._do([self._sum])

    async def tidy(self) -> None:
        """Once an hour. Each job by itself: one that fails does not keep the others from theirs."""
        await self._do(self._jobs())

    async def unname(self) -> None:
        """Soon after the start and once an hour: older records of lenders' credentials."""
        await self._do([lambda now: nameless.tidy()])

    async def close(self) -> None:
        """What is under way is waited for, the rest is given up."""
        await asyncio.to_thread(partial(self._thread.shutdown, cancel_futures=True))

    def _sum(self, now: datetime) -> None:
        if rollup.run(now) is None:
            # Done a moment ago, maybe by another process, and maybe without the last calls.
            self._counted = -1

    def _jobs(self) -> list[Job]:
        config, calendar = self._config(), self._calendar()
        records = timedelta(days=config.request_log_days)
        hours = timedelta(days=config.usage_hour_days)
        return [
            handouts.prune,
            flows.prune,
            trial.clear,
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
