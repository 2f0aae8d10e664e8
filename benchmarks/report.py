"""A run as tables of text and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from benchmarks.budgets import OURS, Finding
from benchmarks.kitchen import Scenario
from benchmarks.scenarios import Effort, Row


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one run found. `absent` names the subjects that could not be measured, and why."""

    machine: str
    load_average: float
    effort: Effort
    rows: list[Row]
    findings: list[Finding]
    absent: Mapping[str, str]


def text(run: Run) -> str:
    parts = [
        f"{run.machine}; load average at the start {run.load_average:.2f}; "
        f"{run.effort.rounds} rounds of {run.effort.seconds:g} s, {run.effort.connections} "
        f"connections; {run.effort.burst} chunks of a stream in one write",
        table(_HEAD, [_cells(row) for row in run.rows]),
        *_faults(run.rows),
    ]
    for title, ratios in (
        ("our req/s ÷ theirs", _ratios(run.rows, lambda ours, it: ours.per_second / it.per_second)),
        ("their CPU µs ÷ ours", _ratios(run.rows, lambda ours, it: it.cpu_us / ours.cpu_us)),
    ):
        if ratios:
            parts.append(table((title, *(str(scenario) for scenario in _COMPARED)), ratios))
    parts.append(table(("budget", "bound", "stretch", "measured", ""), _verdicts(run.findings)))
    parts += [f"not measured: {name}: {why}" for name, why in run.absent.items()]
    return "\n\n".join(parts)


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Markdown with the columns aligned; the first column to the left, figures to the right."""
    widths = [max(len(line[n]) for line in (head, *lines)) for n in range(len(head))]
    rule = [("-" * width) if n == 0 else "-" * (width - 1) + ":" for n, width in enumerate(widths)]
    return "\n".join(_line(cells, widths) for cells in (head, rule, *lines))


def _verdicts(findings: Sequence[Finding]) -> list[tuple[str, ...]]:
    return [
        (
            finding.budget.what,
            ("≥ " if finding.budget.floor else "≤ ") + f"{finding.budget.limit:g}",
            "" if finding.budget.stretch is None else f"{finding.budget.stretch:g}",
            "not measured" if finding.value is None else number(finding.value),
            finding.verdict or "",
        )
        for finding in findings
    ]


def number(value: float) -> str:
    """Three digits that mean something, thousands with a comma."""
    for below, places in ((10, 2), (100, 1)):
        if abs(value) < below:
            return f"{value:.{places}f}"
    return f"{value:,.0f}"


_HEAD = ("subject", "scenario", "req/s", "CPU µs", "core %", "p50 ms", "p99 ms", "RSS MB", "faults")
_COMPARED = (Scenario.JSON, Scenario.NATIVE, Scenario.SSE50, Scenario.NATIVE_SSE50)


def _cells(row: Row) -> tuple[str, ...]:
    figures = (row.per_second, row.cpu_us, 100 * row.core, row.p50_ms, row.p99_ms, row.rss_mb)
    return (row.subject, str(row.scenario), *map(number, figures), str(row.faults or ""))


def _faults(rows: Sequence[Row]) -> list[str]:
    return [
        f"{row.subject} {row.scenario}: {row.faults} faults, the first: {row.first_fault}"
        for row in rows
        if row.faults
    ]


def _ratios(rows: Sequence[Row], ratio: Callable[[Row, Row], float]) -> list[tuple[str, ...]]:
    """`ratio` of our row and another subject's in each scenario that both have."""
    sound = {(row.subject, row.scenario): row for row in rows if not row.faults and row.cpu_us}
    mine = {scenario: row for (subject, scenario), row in sound.items() if subject == OURS}
    others = dict.fromkeys(who for who, what in sound if who != OURS and what in mine)
    lines: list[tuple[str, ...]] = []
    for other in others:
        pairs = ((mine.get(each), sound.get((other, each))) for each in _COMPARED)
        lines.append((other, *(number(ratio(a, b)) if a and b else "" for a, b in pairs)))
    return lines


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
    return "| " + " | ".join(padded) + " |"
