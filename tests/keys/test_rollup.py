"""Sums by hour: made once, made anew, made by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import hours, records, rollup, stats
from keys.models import Progress, RequestRecord, UsageHour
from keys.stats import Span
from keys.sums import UsageDate

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


def test_a_name_that_was_served_in_the_last_month_is_one() -> None:
    hour = hours.number(NOW)
    for days, model in ((31, "old"), (29, "young")):
        UsageHour.objects.create(
            hour=hour - 24 * days, provider="p", model=model, code="", calls=1, units=1
        )
        refused(NOW, model)
    run()
    assert {model for each, model, _code in slots() if each == hour} == {"", "young"}


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
    assert run(NOW + timedelta(seconds=0.9)) is None
    assert run(NOW + timedelta(seconds=1)) is not None


@pytest.mark.parametrize(("calls", "seconds"), [(0, 1), (1_000, 1), (7_000, 7), (10**9, 50)])
def test_it_rests_the_longer_the_more_there_was_to_add(calls: int, seconds: int) -> None:
    assert rollup.rest(calls) == timedelta(seconds=seconds)


def test_it_rests_for_the_calls_that_it_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keys.rollup._A_CALL", timedelta(seconds=3))
    for back in range(3):
        record(NOW - back * HOUR)
    run()
    assert run(NOW + timedelta(seconds=8)) is None
    assert run(NOW + timedelta(seconds=9)) is not None


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


def both(span: Span) -> tuple[list[stats.Sums], list[stats.Sums]]:
    """From the sums of days, and from hours that are put together here."""
    put: dict[tuple[int, str, str], stats.Sums] = {}
    for each in stats.over_time(Span(span.start, span.end)):
        slot = each.slot - (each.slot - span.start) % span.step
        name = (slot, each.model, each.code)
        old = put.get(name, stats.Sums(*name, 0, 0, (0,) * len(each.firsts)))
        firsts = tuple(map(sum, zip(old.firsts, each.firsts, strict=True)))
        calls, units = old.calls + each.calls, old.units + each.units
        put[name] = stats.Sums(*name, calls, units, firsts)
    return stats.over_time(span), [put[name] for name in sorted(put)]


@given(
    st.lists(
        st.tuples(st.integers(0, 70), st.sampled_from("mn"), st.sampled_from(["", "x"])),
        max_size=12,
    ),
    st.lists(st.integers(0, 20), max_size=3),
)
def test_days_are_the_sum_of_their_hours(rows: list[tuple[int, str, str]], late: list[int]) -> None:
    for table in (RequestRecord, UsageHour, UsageDate, Progress):
        table._default_manager.all().delete()
    for back, model, code in rows:
        record(NOW - back * HOUR, model, error_code=code, units=2, first_byte_ms=back * 99)
    run()
    for back in late:
        record(NOW - back * HOUR, "late")
    run(NOW + timedelta(minutes=1))
    end = hours.midnight(NOW) + hours.DAY
    days, put = both(Span(end - 4 * hours.DAY, end, hours.DAY))
    assert days == put
    assert sum(each.calls for each in days) == len(rows) + len(late)


def test_what_comes_late_counts_also_where_nothing_came_since() -> None:
    record(NOW - 5 * HOUR)
    run()
    record(NOW - 5 * HOUR)
    assert run(NOW + timedelta(minutes=1)) == 1
    assert list(slots().values()) == [2]


def test_a_day_is_forgotten_with_its_last_hour() -> None:
    for back in (0, 13, 37):
        record(NOW - back * HOUR)
    run()
    rollup.prune(NOW - 13 * HOUR)
    assert UsageDate.objects.count() == 2
    rollup.prune(NOW)
    assert UsageDate.objects.count() == 1


def test_a_day_that_stayed_as_it_was_is_not_written_again() -> None:
    record(NOW)
    run()
    before = list(UsageDate.objects.values_list("pk", "calls"))
    run(NOW + timedelta(minutes=1))
    assert list(UsageDate.objects.values_list("pk", "calls")) == before


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
    midnight = hours.midnight(NOW)
    days = stats.over_time(Span(midnight, midnight + 24, 24), using=using)
    assert [(each.model, each.code, each.calls, each.units) for each in days] == [
        ("m", "", 3, 6),
        ("m", "x", 1, 2),
        ("n", "", 1, 2),
    ]
    assert stats.eaters(1, 3, using=using) == []
    assert rollup.prune(NOW, using=using) == 2
