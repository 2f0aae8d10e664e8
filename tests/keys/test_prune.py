"""Old request records are forgotten, young ones stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from keys import records
from keys.models import RequestRecord, UsageDay
from keys.prune import days as prune_days
from keys.prune import prune

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_it_forgets_only_what_is_older(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keys.prune._BATCH", 2)
    for days in range(6):
        row = records.RequestRecord(request_id=f"r{days}", at=NOW - timedelta(days=days))
        RequestRecord.objects.create(**msgspec.structs.asdict(row))
    assert prune(NOW - timedelta(days=2)) == 3
    left = RequestRecord.objects.order_by("-at").values_list("request_id", flat=True)
    assert list(left) == ["r0", "r1", "r2"]


@pytest.mark.django_db
def test_usage_of_old_days_is_forgotten_too() -> None:
    today = NOW.date()
    for days in range(4):
        UsageDay.objects.create(key_id=1, model="m", day=today - timedelta(days=days))
    assert prune_days(today - timedelta(days=1)) == 2
    left = UsageDay.objects.order_by("day").values_list("day", flat=True)
    assert list(left) == [today - timedelta(days=1), today]
