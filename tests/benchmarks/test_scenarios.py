"""Rounds of one scenario as one row."""

from __future__ import annotations

from benchmarks.kitchen import Scenario
from benchmarks.scenarios import middle
from tests.benchmarks.test_budgets import row


def test_the_middle_is_the_round_of_median_cpu() -> None:
    rounds = [row("a", Scenario.JSON, cpu_us=float(cpu)) for cpu in (900, 200, 300)]
    assert middle(rounds).cpu_us == 300


def test_no_fault_is_lost_in_the_middle() -> None:
    rounds = [row("a", Scenario.JSON), row("a", Scenario.JSON, faults=2, first_fault="404")]
    assert (middle(rounds).faults, middle(rounds).first_fault) == (2, "404")
