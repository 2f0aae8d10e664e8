from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from keys import days
from keys.daily import Days, Mark, Rules, Tally, applies
from keys.quota import Limit, Refused

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
WINDOW = days.window(NOON, UTC)
TODAY = date(2026, 11, 21)
PRO = "gemini-*pro*"
RULES = Rules(10, ((PRO, 4), ("*", 8)), WINDOW)


def test_a_key_without_rules_counts_nowhere() -> None:
    found = Days()
    assert found.admit(1, 5, "m") == Mark()
    found.settle(1, Mark(), held=5, charged=5)
    assert found.changed() == {}


def test_a_call_counts_on_its_day_and_on_the_most_specific_pattern() -> None:
    found = Days({1: RULES})
    assert found.admit(1, 3, "Gemini-2.5-Pro-maxthinking") == Mark(TODAY, PRO)
    assert found.changed() == {(1, TODAY, ""): Tally(0, 3), (1, TODAY, PRO): Tally(0, 3)}


@pytest.mark.parametrize(
    ("rows", "units", "model", "limit", "left", "pattern"),
    [
        ({"": Tally(8, 1)}, 2, "x", Limit.DAILY, 1, ""),
        ({"": Tally(11, 0)}, 1, "x", Limit.DAILY, 0, ""),
        ({"": Tally(3, 0), PRO: Tally(2, 1)}, 2, "gemini-pro", Limit.MODEL_DAILY, 1, PRO),
        ({"": Tally(0, 8), "*": Tally(0, 8)}, 1, "other", Limit.MODEL_DAILY, 0, "*"),
    ],
)
def test_what_does_not_fit_is_refused(
    rows: dict[str, Tally], units: int, model: str, limit: Limit, left: int, pattern: str
) -> None:
    found = Days({1: RULES}, {(1, TODAY, name): row for name, row in rows.items()})
    with pytest.raises(Refused) as refused:
        found.admit(1, units, model)
    error = refused.value
    assert (error.limit, error.needed, error.remaining) == (limit, units, left)
    assert (error.pattern, error.reset_at) == (pattern, WINDOW.resets_at)
    assert found.changed() == {}


def test_without_a_daily_quota_the_day_is_counted_and_not_limited() -> None:
    found = Days({1: Rules(None, ((PRO, 4),), WINDOW)})
    assert found.admit(1, 1_000, "flash") == Mark(TODAY)
    assert found.changed() == {(1, TODAY, ""): Tally(0, 1_000)}


def test_a_settlement_moves_the_day_it_was_reserved_on() -> None:
    eve = date(2026, 11, 20)
    rows = {(1, eve, ""): Tally(1, 5), (1, eve, PRO): Tally(0, 5), (1, TODAY, ""): Tally(2, 0)}
    found = Days({1: RULES}, rows)
    found.settle(1, Mark(eve, PRO), held=5, charged=3)
    assert found.changed() == {(1, eve, ""): Tally(4, 0), (1, eve, PRO): Tally(3, 0)}


def test_what_comes_out_even_is_not_changed() -> None:
    found = Days({1: RULES}, {(1, TODAY, ""): Tally(1, 1)})
    found.settle(1, found.admit(1, 2, "x"), held=2, charged=0)
    assert found.changed() == {(1, TODAY, "*"): Tally()}


def test_a_row_that_was_deleted_does_not_stop_a_settlement() -> None:
    found = Days()
    found.settle(1, Mark(TODAY), held=5, charged=2)
    assert found.changed() == {(1, TODAY, ""): Tally(2, 0)}


def test_patterns_apply_as_costs_do() -> None:
    assert applies(RULES.models, "vendor/gemini-2.5-pro") == PRO
    assert applies(((PRO, 4),), "flash") == ""
