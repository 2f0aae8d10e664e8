"""What was learned gets into the database, late rather than never."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from msgspec.structs import replace

from credentials.health import Health, Outcome, Policy, RateLimited, Refused, after
from credentials.history import Mishap
from credentials.keeper import Keeper, fold
from credentials.roster import Access, Member, Report
from credentials.store import Count
from tests.credentials.fakes import NOW, Clock, FakeStore, row


class Desk:
    """A keeper, its store with credential 1, and the members it said were changed."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.store = FakeStore(row(1))
        self.changed: list[Member] = []
        self.member = Member(Access(1, "gemini", "", "s", "", {}), "", 1, Health(), 0)
        self.keeper = Keeper(self.store, Policy, self.clock, changed=self.changed.append)

    def learn(self, outcome: Outcome) -> None:
        sent_at, now = self.clock.now, self.clock.now
        self.member.health = after(self.member.health, outcome, Policy(), sent_at=sent_at, now=now)
        self.keeper.report(self.member, Report(outcome, sent_at, now))


async def test_a_report_is_saved() -> None:
    desk = Desk()
    desk.learn(RateLimited("g"))
    await desk.keeper.flush()
    assert desk.store.rows[1].health == desk.member.health
    assert (desk.member.version, desk.member.reports) == (1, [])


async def test_the_task_saves_without_being_asked() -> None:
    desk = Desk()
    desk.keeper.start()
    desk.learn(RateLimited("g"))
    while not desk.member.version:
        await asyncio.sleep(0)
    await desk.keeper.close()
    assert desk.store.rows[1].health == desk.member.health


async def test_closing_saves_health_and_counts() -> None:
    desk = Desk()
    desk.keeper.start()
    desk.learn(RateLimited("g"))
    desk.keeper.count(1, NOW.date(), calls=2, served=1)
    await desk.keeper.close()
    assert desk.store.rows[1].version == 1
    assert (desk.store.calls, desk.store.served) == ({1: 2}, {1: 1})


async def test_what_another_process_learned_is_kept() -> None:
    desk = Desk()
    theirs = after(Health(), RateLimited("f"), Policy(), sent_at=NOW, now=NOW)
    desk.store.put(replace(desk.store.rows[1], health=theirs, version=5))
    desk.learn(RateLimited("g"))
    await desk.keeper.flush()
    assert set(desk.store.rows[1].health.models) == {"f", "g"}
    assert desk.member.health == desk.store.rows[1].health
    assert desk.changed == [desk.member]


async def test_what_is_learned_while_saving_is_saved_next() -> None:
    desk = Desk()
    desk.learn(RateLimited("g"))
    saving = asyncio.get_running_loop().create_task(desk.keeper.flush())
    await asyncio.sleep(0)
    assert desk.store.saves == 1
    desk.learn(RateLimited("f"))
    await saving
    assert desk.member.version == 1
    await desk.keeper.flush()
    assert desk.member.version == 2
    assert desk.store.rows[1].health == desk.member.health
    assert set(desk.member.health.models) == {"f", "g"}


async def test_a_database_that_is_away_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.store.broken = True
    desk.learn(Refused("401"))
    with caplog.at_level(logging.CRITICAL, logger="credentials.keeper"):
        await desk.keeper.flush()
    assert desk.keeper.failures == 1
    desk.store.broken = False
    await desk.keeper.flush()
    assert desk.store.rows[1].health == desk.member.health


async def test_a_removed_credential_is_not_saved() -> None:
    desk = Desk()
    desk.learn(RateLimited("g"))
    del desk.store.rows[1]
    await desk.keeper.flush()
    await desk.keeper.flush()
    assert desk.store.saves == 1


async def test_counts_are_written_now_and_then() -> None:
    desk = Desk()
    desk.keeper.count(1, NOW.date(), calls=1)
    await desk.keeper.flush()
    assert desk.store.calls == {}
    desk.clock.advance(30)
    await desk.keeper.flush()
    assert desk.store.calls == {1: 1}


def test_reports_are_applied_in_their_order() -> None:
    reports = [Report(Refused("401"), NOW, NOW) for _ in range(3)]
    assert fold(Health(), reports, Policy()).banned == "401"
    assert fold(Health(), reports[:2], Policy()).whole.refusals == 2


async def test_counts_of_two_days_are_written_apart() -> None:
    desk = Desk()
    days = [NOW.date(), NOW.date() + timedelta(days=1)]
    for day in days:
        desk.keeper.count(1, day, calls=1)
    await desk.keeper.close()
    assert desk.store.days == days


async def test_what_could_not_be_counted_is_counted_the_next_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    desk.store.broken = True
    desk.keeper.count(1, NOW.date(), calls=2)
    desk.keeper.nudge()
    desk.clock.advance(30)
    with caplog.at_level(logging.CRITICAL, logger="credentials.keeper"):
        await desk.keeper.flush()
    desk.keeper.count(1, NOW.date(), calls=1, pro=1)
    assert desk.keeper.pending(1, NOW.date()) == Count(3, 0, 1)
    desk.store.broken = False
    await desk.keeper.close()
    assert (desk.store.calls, desk.store.pro) == ({1: 3}, {1: 1})
    assert desk.keeper.pending(1, NOW.date()) == Count()


async def test_failures_are_written_now_and_then() -> None:
    desk = Desk()
    mishap = Mishap(NOW, 500, "stumbled")
    desk.keeper.note(1, mishap)
    desk.keeper.nudge()
    desk.clock.advance(30)
    await desk.keeper.flush()
    assert desk.store.mishaps == {1: [mishap]}


async def test_failures_of_one_that_is_gone_are_not_written() -> None:
    desk = Desk()
    desk.keeper.note(1, Mishap(NOW))
    desk.keeper.forget(1)
    await desk.keeper.close()
    assert desk.store.mishaps == {}
