from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from panel.charts import Column
from panel.pages.state import State
from panel.templatetags import potluck

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-25), "1 day ago"),
        (timedelta(days=-800), "2 years ago"),
        (timedelta(seconds=1), "in a moment"),
        (timedelta(hours=3, minutes=59), "in 3 hours"),
        (timedelta(days=45), "in 1 month"),
    ],
)
def test_a_moment_is_said_as_people_say_it(apart: timedelta, words: str) -> None:
    with translation.override("en"):
        assert potluck.relative(NOW + apart, NOW) == words


def test_an_exact_time_stands_behind_it() -> None:
    assert 'title="2026-05-06 12:00:00 UTC"' in potluck.moment(NOW)


def test_large_numbers_are_separated_and_no_limit_is_endless() -> None:
    assert potluck.units(1_234_567) == "1,234,567"
    assert potluck.units(None) == "∞"


@pytest.mark.parametrize("state", list(State))
def test_a_state_is_a_shape_and_a_word(state: State) -> None:
    with translation.override("en"):
        shown = potluck.state(state)
        assert "<svg" in shown
        assert state.word in shown


@pytest.mark.parametrize(
    ("used", "total", "tone"),
    [(0, 100, "active"), (91, 100, "low"), (100, 100, "spent"), (5, None, "active")],
)
def test_a_bar_takes_the_colour_of_what_is_left(used: int, total: int | None, tone: str) -> None:
    assert f'class="bar {tone}"' in potluck.meter(used, total)
    assert 'class="bar off"' in potluck.meter(used, total, State.OFF)


@pytest.mark.parametrize(
    ("share", "words"),
    [(None, "—"), (100.0, "100%"), (99.99, "99.9%"), (0.0, "0%"), (33.333, "33.3%")],
)
def test_a_share_is_never_told_higher_than_it_is(share: float | None, words: str) -> None:
    assert potluck.percent(share) == words


@pytest.mark.parametrize(
    ("milliseconds", "words"), [(None, "—"), (0, "0 ms"), (999, "999 ms"), (12_345, "12.3 s")]
)
def test_a_short_time_is_told_in_its_unit(milliseconds: int | None, words: str) -> None:
    assert potluck.lapse(milliseconds) == words


def test_where_a_column_begins_can_be_told_in_another_zone() -> None:
    assert potluck.edge(Column("May 6", (1,)), 24) == "May 6"
    shown = potluck.edge(Column("12:00 UTC", (1,), NOW), 1)
    assert 'datetime="2026-05-06T12:00:00+00:00" data-clock="hour">12:00 UTC<' in shown
