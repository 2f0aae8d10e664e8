"""One run: everybody is started, then measured in turns, so that all see the same weather."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack

from benchmarks import budgets, scenarios, serve
from benchmarks.kitchen import Kitchen, Scenario, Subject
from benchmarks.peers import Missing, bare, litellm, nginx, portkey
from benchmarks.processes import Failed
from benchmarks.report import Run
from benchmarks.scenarios import Effort, Row

Opener = Callable[[Kitchen], AbstractContextManager[Subject]]

PEERS: Mapping[str, Opener] = {
    "nginx": nginx.opened,
    "bare": bare.opened,
    "portkey": portkey.opened,
    "litellm": litellm.opened,
}
GATEWAY: Mapping[str, Opener] = {budgets.OURS: serve.gateway}

_MIB = 1 << 20
_OURS_ONLY = (Scenario.LATENCY, Scenario.STREAMS)


def run(
    kitchen: Kitchen, who: Mapping[str, Opener], chosen: Sequence[Scenario], effort: Effort
) -> Run:
    """Measures whom it can; who cannot be started is named with the reason."""
    load_average = os.getloadavg()[0]
    absent: dict[str, str] = {}
    with ExitStack() as stack:
        subjects = [scenarios.direct(kitchen)]
        for name, opener in who.items():
            try:
                subjects.append(stack.enter_context(opener(kitchen)))
            except (Missing, Failed) as reason:
                absent[name] = str(reason)
        for subject in subjects[1:]:
            scenarios.soak(kitchen, subject, effort)
        rows = list(_measured(kitchen, subjects, chosen, effort))
    found = budgets.figures(rows) | dict(_starts(subjects))
    return Run(
        machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        load_average=load_average,
        effort=effort,
        rows=rows,
        findings=budgets.judged(found),
        absent=absent,
    )


def _measured(
    kitchen: Kitchen, subjects: Sequence[Subject], chosen: Sequence[Scenario], effort: Effort
) -> Iterator[Row]:
    """The middle row of each subject in each scenario; subjects take turns, a round each."""
    for scenario in chosen:
        turns: dict[str, list[Row]] = {}
        for number in range(1 if scenario is Scenario.STREAMS else effort.rounds):
            print(f"{scenario}, round {number + 1}", file=sys.stderr)
            for subject in subjects:
                for row in _turn(kitchen, subject, scenario, effort):
                    turns.setdefault(row.subject, []).append(row)
        yield from (scenarios.middle(rows) for rows in turns.values())


def _turn(kitchen: Kitchen, subject: Subject, scenario: Scenario, effort: Effort) -> Iterator[Row]:
    if scenario not in subject.asks or (scenario in _OURS_ONLY and subject.name != budgets.OURS):
        return
    match scenario:
        case Scenario.LATENCY:
            yield from scenarios.latency(kitchen, subject, effort)
        case Scenario.STREAMS:
            yield from scenarios.paced(kitchen, subject, effort)
        case _:
            yield scenarios.throughput(kitchen, subject, scenario, effort)


def _starts(subjects: Sequence[Subject]) -> Iterator[tuple[str, float]]:
    for subject in subjects:
        if subject.name == budgets.OURS:
            yield "start.seconds", subject.start_seconds
            yield "idle.rss_mb", subject.idle_bytes / _MIB
