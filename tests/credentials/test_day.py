"""A day of three hundred credentials in seconds: what the pool promises, counted."""

from __future__ import annotations

import functools
import logging
import random
from datetime import timedelta
from itertools import pairwise

import pytest

from benchmarks.day import START, Report, blind, pooled
from benchmarks.sources import Source
from credentials.agenda import Steps
from credentials.health import Policy
from credentials.orders import Strategy

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SHORT = 6_000
REPORTS: dict[str, Report] = {}


@pytest.fixture
async def report(caplog: pytest.LogCaptureFixture) -> Report:
    """Of the whole day, simulated once."""
    with caplog.at_level(logging.ERROR):
        if "pool" not in REPORTS:
            REPORTS["pool"] = await pooled()
    return REPORTS["pool"]


@functools.cache
def steps() -> list[timedelta]:
    """The least waits between two calls to a key that stays dead: two rests, then probes."""
    rests = [Policy().cooldown, 2 * Policy().cooldown]
    return rests + [Steps().wait(probes) for probes in range(20)]


def dead(report: Report) -> list[Source]:
    return [each for each in report.sources if each.dead is not None]


async def test_nearly_every_call_is_answered(report: Report) -> None:
    assert report.rate >= 0.999


async def test_no_credential_is_sent_a_call_over_a_cap_that_is_known(report: Report) -> None:
    assert report.over == 0


async def test_a_dead_key_is_asked_once_per_step(report: Report) -> None:
    assert len(dead(report)) == 25
    for source in dead(report):
        refused = [at for at in source.sent if at not in source.answered]
        waits = [after - before for before, after in pairwise(refused)]
        for wait, least in zip(waits, steps(), strict=False):
            assert wait >= least - SECOND


async def test_one_that_comes_back_is_used_within_one_step(report: Report) -> None:
    back = [each for each in dead(report) if each.answered]
    assert len(back) == 10
    for source in back:
        assert source.dead is not None
        refused = [at for at in source.sent if at < source.dead[1]]
        step = Steps().wait(len(refused) - len(steps()[:2]))
        assert min(source.answered) <= source.dead[1] + step


async def test_a_limit_that_nobody_knew_is_met_once_a_day(report: Report) -> None:
    """Half of them begin anew at midnight UTC, and are used again soon after it."""
    reset = START + timedelta(hours=17)
    unknown = [each for each in report.sources if not each.told and each.day == 100]
    assert len(unknown) == 30
    for source in unknown:
        in_utc = source.resets[0] == reset
        assert source.wasted <= 1 + in_utc
        if in_utc and len([at for at in source.sent if at < reset]) > 100:
            assert min(at for at in source.answered if at >= reset) - reset <= HOUR


@pytest.mark.parametrize("strategy", [each for each in Strategy if each != "rotation"])
async def test_every_strategy_keeps_to_the_caps(
    strategy: Strategy, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        found = await pooled(SHORT, strategy)
    assert (found.over, found.rate >= 0.99) == (0, True)


async def test_who_forgets_what_happened_serves_less_and_asks_in_vain(report: Report) -> None:
    peers = [await blind("in turn", None), await blind("random", random.Random(5))]
    print(*(each.line() for each in (report, *peers)), sep="\n")
    for peer in peers:
        assert peer.rate < 0.99 < report.rate
        assert peer.wasted > 10 * report.wasted
        assert peer.over > 1_000
