from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from credentials.caps import Calendar
from credentials.models import Flow
from credentials.oauth import record as flows
from gateway.chores import Chores
from gateway.config import Config
from keys.models import RequestRecord, UsageHour
from tests.support.records import record

pytestmark = pytest.mark.django_db(transaction=True)


def done(now: datetime, chore: Callable[[Chores], Awaitable[None]]) -> None:
    async def work() -> None:
        chores = Chores(lambda: Config(request_log_days=30), Calendar, lambda: now)
        await chore(chores)
        await chores.close()

    asyncio.run(work())


def test_requests_are_added_up() -> None:
    now = timezone.now()
    record(at=now - timedelta(hours=3))
    done(now, Chores.count)
    assert UsageHour.objects.count() == 1


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
