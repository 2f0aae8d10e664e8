from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from panel.charts import Part, bars, progress, sparkline, stack, strip


def test_the_biggest_series_have_names_and_the_rest_is_one() -> None:
    series = {f"m{number}": (number, number) for number in range(1, 10)}
    chart = stack(("a", "b"), series, "others")
    assert chart.names == ("m9", "m8", "m7", "m6", "m5", "others")
    assert chart.columns[0].values == (9, 8, 7, 6, 5, 10)
    assert chart.total == 90
    assert chart.peak == 45


def test_six_series_need_no_rest() -> None:
    chart = stack(("a",), {f"m{number}": (1,) for number in range(6)}, "others")
    assert len(chart.names) == 6
    assert "others" not in chart.names


def test_every_mark_has_a_title_and_the_picture_a_text() -> None:
    chart = stack(("1 May", "2 May"), {"x": (1_000, 0), "y": (5, 2)}, "others")
    svg = bars(chart, "what it shows")
    marks = re.findall(r'<rect class="mark[^>]*><title>([^<]*)</title>', svg)
    assert marks == ["x: 1,000", "y: 5", "y: 2"]
    assert 'role="img" aria-label="what it shows"' in svg
    assert "1 May: 1,005" in svg


def test_bars_stay_inside_their_picture() -> None:
    series = {f"m{number}": (1_000_000 if number == 0 else 1,) for number in range(6)}
    svg = bars(stack(("a",), series, "others"), "")
    for top in re.findall(r'class="mark[^"]*" x="[^"]*" y="([^"]*)"', svg):
        assert 0 <= float(top) <= 100


def test_an_empty_chart_is_a_picture_too() -> None:
    assert "mark" not in bars(stack((), {}, "others"), "")
    assert "<svg" in sparkline((), "")


def test_names_are_never_markup() -> None:
    svg = bars(stack(("<b>",), {"<script>": (1,)}, "others"), '"><script>')
    assert "<script>" not in svg
    assert "<b>" not in svg


@pytest.mark.parametrize(
    ("used", "total", "width"),
    [(0, 10, "0.0"), (5, 10, "50.0"), (10, 10, "100.0"), (50, 10, "100.0"), (0, 0, "100.0")],
)
def test_progress_is_a_share_of_the_whole(used: int, total: int, width: str) -> None:
    assert f'class="fill" width="{width}"' in progress(used, total, "")


def test_a_sparkline_spans_its_box() -> None:
    assert 'd="M0.0 22.0 L50.0 12.0 L100.0 2.0"' in sparkline((0, 5, 10), "text")


def test_a_sparkline_leaves_out_what_is_not_known() -> None:
    svg = sparkline((10, None, 5, 10, None), "text")
    assert 'd="M0.0 2.0h.5 M50.0 12.0 L75.0 2.0"' in svg
    assert 'd=""' in sparkline((None, None), "text")


def test_a_strip_is_as_long_as_its_parts() -> None:
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    svg = strip([Part("healthy", 3, "x: 3", at), Part("off", 0, "none"), Part("off", 1, "<b>")], "")
    assert re.findall(r'x="([^"]*)" width="([^"]*)"', svg) == [("0.0", "75.0"), ("75.0", "25.0")]
    assert 'data-at="2026-11-21T12:00Z"' in svg
    assert "<b>" not in svg


def test_a_column_with_a_moment_can_be_told_in_another_zone() -> None:
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    svg = bars(stack(("12:00 UTC",), {"m": (1,)}, "others", [at]), "")
    assert '<g data-at="2026-11-21T12:00Z">' in svg
    assert "<title>12:00 UTC: 1</title>" in svg
