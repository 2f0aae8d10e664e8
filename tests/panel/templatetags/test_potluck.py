from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

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
