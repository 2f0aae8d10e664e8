"""Which figures keep which budget, and which figures a run has."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.budgets import OURS, Budget, Verdict, figures, judged
from benchmarks.kitchen import Scenario
from benchmarks.scenarios import DIRECT, Row

MOST = Budget("x", "at most", 300, 200)
LEAST = Budget("x", "at least", 20, 40, floor=True)


def row(subject: str, scenario: Scenario, **figures: Any) -> Row:
    usual = {"per_second": 1000.0, "cpu_us": 250.0, "core": 1.0, "p50_ms": 1.0, "p99_ms": 3.0}
    return Row(subject=subject, scenario=scenario, **{**usual, "rss_mb": 80.0, **figures})


@pytest.mark.parametrize(
    ("budget", "value", "verdict"),
    [
        (MOST, 200, Verdict.STRETCH),
        (MOST, 300, Verdict.MET),
        (MOST, 301, Verdict.NOT_MET),
        (LEAST, 40, Verdict.STRETCH),
        (LEAST, 20, Verdict.MET),
        (LEAST, 19.9, Verdict.NOT_MET),
    ],
)
def test_a_budget_judges(budget: Budget, value: float, verdict: Verdict) -> None:
    assert budget.judge(value) is verdict


def test_the_price_of_a_chunk_is_over_json() -> None:
    rows = [row(OURS, Scenario.JSON), row(OURS, Scenario.SSE50, cpu_us=750.0)]
    assert figures(rows)["sse50.chunk_us"] == 10


def test_latency_is_what_we_add_to_the_mock() -> None:
    rows = [row(DIRECT, Scenario.LATENCY, p50_ms=0.1), row(OURS, Scenario.LATENCY, p50_ms=0.6)]
    assert figures(rows)["latency.p50_added_ms"] == pytest.approx(0.5)


def test_a_peer_gives_a_ratio() -> None:
    rows = [row(OURS, Scenario.JSON), row("litellm", Scenario.JSON, per_second=100.0)]
    assert figures(rows)["litellm.ratio"] == 10


def test_a_row_with_faults_gives_no_figure() -> None:
    found = judged(figures([row(OURS, Scenario.JSON, faults=1)]))
    assert {(finding.value, finding.verdict) for finding in found} == {(None, None)}
