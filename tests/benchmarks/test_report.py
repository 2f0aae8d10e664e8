"""The printed run."""

from __future__ import annotations

import pytest

from benchmarks import report
from benchmarks.budgets import OURS, judged
from benchmarks.kitchen import Scenario
from benchmarks.scenarios import Effort
from tests.benchmarks.test_budgets import row


@pytest.mark.parametrize(
    ("value", "text"), [(0.594, "0.59"), (12.34, "12.3"), (145.6, "146"), (32966, "32,966")]
)
def test_a_number_has_the_digits_that_mean_something(value: float, text: str) -> None:
    assert report.number(value) == text


def test_a_run_names_ratios_faults_budgets_and_who_is_absent() -> None:
    run = report.Run(
        machine="a machine",
        load_average=0.5,
        effort=Effort(),
        rows=[
            row(OURS, Scenario.JSON, per_second=3000.0),
            row("litellm", Scenario.JSON, per_second=100.0),
            row(OURS, Scenario.SSE50, faults=2, first_fault="49 of 50 chunks"),
        ],
        findings=judged({"json.cpu_us": 400.0}),
        absent={"portkey": "there is no node"},
    )
    text = report.text(run)
    for said in ("30.0", "2 faults", "49 of 50 chunks", "NOT MET", "there is no node"):
        assert said in text
