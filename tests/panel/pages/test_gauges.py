from __future__ import annotations

from datetime import UTC, datetime

import pytest

from keys import hours
from keys.stats import Sums
from panel.pages import gauges
from panel.pages.gauges import WINDOWS

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
HOUR = hours.number(NOW)
SPAN = WINDOWS["24h"].span(NOW)


def sums(back: int = 0, code: str = "", calls: int = 1, model: str = "m", units: int = 0) -> Sums:
    firsts = [0] * len(hours.CLASSES)
    firsts[1] = 0 if code else calls
    return Sums(HOUR - back, model, code, calls, units, tuple(firsts))


@pytest.mark.parametrize(("name", "slots"), [("24h", 24), ("7d", 28), ("30d", 30)])
def test_a_window_ends_with_the_slot_that_is_running(name: str, slots: int) -> None:
    span = WINDOWS[name].span(NOW)
    assert len(span.slots) == slots
    assert span.slots[-1] <= HOUR < span.end
    assert hours.begin(span.slots[-1]).hour % min(span.step, 24) == 0


def test_a_slot_never_holds_two_days() -> None:
    for window in WINDOWS.values():
        assert hours.midnight(NOW) in window.span(NOW).slots


def test_a_refusal_is_no_failure() -> None:
    found = [sums(calls=8), sums(code="upstream_failed", calls=2), sums(code="forbidden", calls=90)]
    tiles = gauges.tiles(found, SPAN, NOW)
    assert (tiles.calls, tiles.success, tiles.failed, tiles.refused) == (100, 80.0, 2, 90)


def test_nothing_is_neither_good_nor_bad() -> None:
    tiles = gauges.tiles([sums(code="forbidden")], SPAN, NOW)
    assert (tiles.success, tiles.median, tiles.slow) == (None, None, None)
    assert set(tiles.success_line) == {None}


def test_today_begins_at_midnight() -> None:
    found = [sums(units=5), sums(12, units=7), sums(13, units=100)]
    tiles = gauges.tiles(found, SPAN, NOW)
    assert (tiles.today, tiles.units) == (12, 112)
    assert tiles.units_line[-1] == 5


def test_a_line_has_a_point_for_each_slot() -> None:
    tiles = gauges.tiles([sums(calls=3), sums(23)], SPAN, NOW)
    assert tiles.calls_line == [1, *[0] * 22, 3]
    assert [value is None for value in tiles.median_line] == [False, *[True] * 22, False]


def test_the_chart_is_stacked_by_model() -> None:
    chart = gauges.chart([sums(calls=3), sums(1, model=""), sums(code="forbidden")], SPAN)
    assert chart.names == ("m", "no model was asked")
    assert [column.values for column in chart.columns[-2:]] == [(0, 1), (4, 0)]
    assert chart.columns[-1].at == hours.begin(HOUR)
    assert chart.columns[-1].label.endswith("12:00 UTC")


def test_a_day_is_called_by_its_date_alone() -> None:
    chart = gauges.chart([], WINDOWS["30d"].span(NOW))
    assert chart.columns[-1].label == "November 21"
    assert chart.columns[-1].at is None


def test_failures_are_sorted_by_whose_they_are_and_how_many() -> None:
    found = [
        sums(code="forbidden", calls=9),
        sums(code="upstream_failed", calls=1),
        sums(code="upstream_failed", calls=4, model="n"),
        sums(code="no_credential", calls=7, model=""),
        sums(calls=100),
    ]
    failures = gauges.failures(found)
    assert [(each.reason.code, each.calls, each.models) for each in failures.ours] == [
        ("no_credential", 7, []),
        ("upstream_failed", 5, ["n", "m"]),
    ]
    assert [each.reason.code for each in failures.theirs] == ["forbidden"]
