from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from credentials.caps import Calendar
from credentials.models import Flow
from credentials.oauth import record as flows
from gateway.chores import Chores
from gateway.config import Config
from keys.models import RequestRecord, UsageHour
from tests.support.records import NOON, record

pytestmark = pytest.mark.django_db(transaction=True)


class Day:
    """Chores at a time that the test sets, and as many calls as it says."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.calls = 0
        config = Config(request_log_days=30)
        self.chores = Chores(lambda: config, Calendar, lambda: self.now, lambda: self.calls)

    def after(self, seconds: float, *, calls: int = 0) -> int:
        """As many calls were written meanwhile; how many the sums hold then."""
        self.now += timedelta(seconds=seconds)
        self.calls += calls
        asyncio.run(self.chores.count())
        return sum(UsageHour.objects.values_list("calls", flat=True))


@pytest.fixture
def day() -> Iterator[Day]:
    made = Day(NOON)
    yield made
    asyncio.run(made.chores.close())


def done(now: datetime, chore: Callable[[Chores], Awaitable[None]]) -> None:
    async def work() -> None:
        chores = Day(now).chores
        await chore(chores)
        await chores.close()

    asyncio.run(work())


def test_requests_are_added_up() -> None:
    now = timezone.now()
    record(at=now - timedelta(hours=3))
    done(now, Chores.count)
    assert UsageHour.objects.count() == 1


def test_a_call_is_added_up_within_seconds(day: Day) -> None:
    assert day.after(1) == 0
    record("a", ago=0)
    assert day.after(2, calls=1) == 1
    record("b", ago=0)
    assert day.after(0.5, calls=1) == 1
    assert day.after(0.5) == 2


def test_what_another_process_has_written_is_added_up_in_a_minute(day: Day) -> None:
    assert day.after(1) == 0
    record("a", ago=0)
    assert [day.after(30), day.after(30)] == [0, 1]


def test_a_sum_that_fails_waits_for_the_next_call(
    day: Day, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("keys.rollup.run", lambda now: 1 / 0)
    assert [day.after(1), day.after(1), day.after(1, calls=1)] == [0, 0, 0]
    assert caplog.text.count("a chore failed") == 2


def test_old_records_go_and_young_ones_stay() -> None:
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    record("old", at=now - timedelta(days=31))
    record("young", at=now - timedelta(days=29))
    done(now, Chores.tidy)
    assert list(RequestRecord.objects.values_list("request_id", flat=True)) == ["young"]


def test_one_chore_that_fails_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = timezone.now()
    monkeypatch.setattr("keys.handouts.prune", lambda now: 1 / 0)
    late = now - flows.KEPT - timedelta(seconds=1)
    Flow.objects.create(
        public_id="x" * 22, provider="p", grant="code", created_at=late, expires_at=late
    )
    done(now, Chores.tidy)
    assert not Flow.objects.exists()
    assert "a chore failed" in caplog.text
