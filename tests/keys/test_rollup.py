"""Sums by hour: made once, made anew, made by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from keys import hours, records, rollup, stats
from keys.models import Progress, RequestRecord, UsageHour
from keys.stats import Span

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def record(at: datetime, model: str = "m", **details: Any) -> None:
    row = records.RequestRecord(
        **{
            "request_id": "r",
            "at": at,
            "model": model,
            "upstream_model": model,
            "provider": "p",
            "status": 200,
            **details,
        }
    )
    RequestRecord.objects.create(**msgspec.structs.asdict(row))


def refused(at: datetime, model: str, code: str = "no_credential", status: int = 503) -> None:
    record(at, model, upstream_model="", provider="", error_code=code, status=status)


def run(now: datetime = NOW) -> int | None:
    return rollup.run(now)


def slots() -> dict[tuple[int, str, str], int]:
    rows = UsageHour.objects.values_list("hour", "model", "code", "calls")
    return {(hour, model, code): calls for hour, model, code, calls in rows}


def test_without_records_there_is_nothing_to_add() -> None:
    assert run() == 0
    assert slots() == {}
    assert rollup.counted() == NOW


def test_it_adds_up_what_one_model_did_in_an_hour() -> None:
    for first in (100, 300, None):
        record(NOW, units=2, input_tokens=5, output_tokens=None, first_byte_ms=first)
    record(NOW, error_code="upstream_failed", status=502, first_byte_ms=10)
    run()
    good, bad = UsageHour.objects.order_by("code")
    assert (good.hour, good.provider, good.model, good.code) == (hours.number(NOW), "p", "m", "")
    assert (good.calls, good.units, good.input_tokens, good.output_tokens) == (3, 6, 15, 0)
    assert (good.first_0, good.first_1, good.first_2) == (1, 1, 0)
    assert (bad.code, bad.calls, bad.first_0) == ("upstream_failed", 1, 0)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [(200, "", ""), (200, "x", "x"), (404, "", "404"), (418, "", "500"), (503, "", "500")],
)
def test_whatever_failed_has_a_code(status: int, code: str, expected: str) -> None:
    record(NOW, status=status, error_code=code)
    run()
    assert [row.code for row in UsageHour.objects.all()] == [expected]


def test_a_name_that_nobody_serves_is_no_name() -> None:
    record(NOW - HOUR, "served")
    refused(NOW, "served")
    for number in range(3):
        refused(NOW, f"invented-{number}")
    run()
    hour = hours.number(NOW)
    assert slots() == {
        (hour - 1, "served", ""): 1,
        (hour, "served", "no_credential"): 1,
        (hour, "", "no_credential"): 3,
    }


def test_run_again_it_changes_nothing_and_adds_what_is_new() -> None:
    record(NOW)
    run()
    before = list(UsageHour.objects.values_list("pk", "calls"))
    run(NOW + timedelta(minutes=1))
    assert list(UsageHour.objects.values_list("pk", "calls")) == before
    record(NOW)
    run(NOW + timedelta(minutes=2))
    assert list(slots().values()) == [2]


def test_a_long_call_is_added_to_the_hour_when_it_began() -> None:
    record(NOW)
    for hour in range(6):
        run(NOW + hour * HOUR)
    assert Progress.objects.get(pk="usage_hours").value > hours.number(NOW)
    record(NOW)
    record(NOW + 6 * HOUR)
    run(NOW + 6 * HOUR)
    assert slots()[hours.number(NOW), "m", ""] == 2


def test_an_hour_whose_records_may_be_forgotten_is_left_alone() -> None:
    record(NOW)
    run()
    run(NOW + 30 * HOUR)
    RequestRecord.objects.all().delete()
    record(NOW + 30 * HOUR)
    run(NOW + 31 * HOUR)
    record(NOW)
    run(NOW + 32 * HOUR)
    assert slots()[hours.number(NOW), "m", ""] == 1


def test_what_is_missing_is_made_a_piece_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keys.rollup._MOST", 4)
    for back in range(10):
        record(NOW - back * HOUR)
    for minute in range(4):
        run(NOW + timedelta(minutes=minute))
    assert len(slots()) == 10


def test_only_one_process_does_it() -> None:
    record(NOW)
    assert run() == 1
    assert run(NOW + timedelta(seconds=20)) is None
    assert run(NOW + timedelta(seconds=60)) is not None


def test_a_process_that_was_killed_at_it_is_followed_by_another() -> None:
    run()
    Progress.objects.filter(pk="usage_hours").update(claimed_until=NOW + timedelta(minutes=10))
    assert run(NOW + timedelta(minutes=9)) is None
    assert run(NOW + timedelta(minutes=10)) is not None


def test_old_hours_are_forgotten() -> None:
    for back in range(4):
        record(NOW - back * HOUR)
    run()
    assert rollup.prune(NOW - 2 * HOUR) == 1
    assert len(slots()) == 3


@pytest.mark.django_db(databases="__all__")
def test_every_database_adds_up_the_same(using: str) -> None:
    for back, model, code in (
        (0, "m", ""),
        (0, "m", ""),
        (0, "m", "x"),
        (7, "n", ""),
        (8, "m", ""),
    ):
        row = records.RequestRecord(
            request_id="r",
            at=NOW - back * HOUR,
            upstream_model=model,
            provider="p",
            error_code=code,
            first_byte_ms=300,
            units=2,
        )
        RequestRecord.objects.using(using).create(**msgspec.structs.asdict(row))
    assert rollup.run(NOW, using=using) == 9
    assert rollup.run(NOW + timedelta(minutes=1), using=using) == 3
    hour = hours.number(NOW)
    found = stats.over_time(Span(hour - 11, hour + 1, 6), using=using)
    assert [(each.slot, each.model, each.code, each.calls, each.units) for each in found] == [
        (hour - 11, "m", "", 1, 2),
        (hour - 11, "n", "", 1, 2),
        (hour - 5, "m", "", 2, 4),
        (hour - 5, "m", "x", 1, 2),
    ]
    assert stats.spread(found)[1] == 4
    assert stats.eaters(NOW.date(), 3, using=using) == []
    assert rollup.prune(NOW, using=using) == 2
