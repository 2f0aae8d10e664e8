from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db.utils import OperationalError

from keys import outage
from keys.batch import Posted
from keys.outage import Outage
from keys.plan import Order, Reserve, Settle
from tests.keys.conftest import Clock


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_an_outage_is_said_at_its_start_once_a_minute_and_at_its_end(
    caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    found = Outage()
    for _ in range(125):
        found.failed(OperationalError("gone"), clock())
        clock.advance(seconds=1)
    found.over()
    found.over()
    assert said(caplog) == [
        "the ledger cannot be written (from now on): gone",
        "the ledger cannot be written (still, after 61 failures): gone",
        "the ledger cannot be written (still, after 121 failures): gone",
        "the ledger is written again after 125 failures",
    ]


def test_a_database_that_comes_and_goes_does_not_flood_the_log(
    caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    caplog.set_level(logging.DEBUG)
    found = Outage()
    for _ in range(60):
        found.failed(OperationalError("gone"), clock())
        found.over()
        clock.now += timedelta(seconds=0.9)
    assert len(caplog.records) == 2


def test_the_time_between_attempts_has_an_end() -> None:
    assert [outage.delay(strikes) for strikes in (0, 1, 7, 1_024, 10**9)] == [0.05, 0.1, 5, 5, 5]


def test_nobody_gives_back_what_was_never_reserved() -> None:
    def posted(*orders: Order) -> list[Posted]:
        return [Posted(order, None) for order in orders]

    paid, given_up = Settle("a", 1, 1, charge=True), Settle("b", 1, 0, charge=False)
    reserve, other = Reserve("b", 1, 1), Settle("c", 1, 0, charge=False)
    assert outage.kept(posted(paid, reserve, given_up, other)) == posted(paid, other)
    assert outage.undone(posted(paid, reserve)) == posted(paid, given_up)
