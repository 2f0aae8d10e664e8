"""The scenarios: run one against a subject, get a row of figures."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchmarks import asks, load, processes, serve, streams
from benchmarks.asks import Ask
from benchmarks.kitchen import Kitchen, Scenario, Subject, pinned

DIRECT = "mock, direct"
"""The subject's name in rows where nothing stands between load and mock."""

THROUGHPUT = tuple(each for each in Scenario if each not in (Scenario.LATENCY, Scenario.STREAMS))

_MIB = 1 << 20


class Effort(msgspec.Struct, frozen=True):
    """How long and how hard. `seconds` are the measured ones of each scenario, `warmup` comes
    before each, `soak` once after a subject's start: a just-in-time compiler needs seconds.
    `burst` is how many chunks of a stream the mock writes at once.
    """

    seconds: float = 1.5
    warmup: float = 0.3
    soak: float = 5.0
    rounds: int = 3
    connections: int = 16
    streams: int = 1000
    burst: int = 5


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one subject in one scenario; latencies are of whole answers.

    `core` is the share of its core that the subject used: well below 1, and somebody else set
    the pace (the load, the mock, other work on the machine). Then the CPU time per request is
    the figure to trust. For `streams`, p50 and p99 are the lateness of chunks.
    """

    subject: str
    scenario: Scenario
    per_second: float
    cpu_us: float
    core: float
    p50_ms: float
    p99_ms: float
    rss_mb: float
    faults: int = 0
    first_fault: str = ""


def middle(rows: Sequence[Row]) -> Row:
    """The row of median CPU time; the faults are those of all of them."""
    ordered = sorted(rows, key=lambda row: row.cpu_us)
    faulty = [row for row in rows if row.faults]
    return msgspec.structs.replace(
        ordered[(len(ordered) - 1) // 2],
        faults=sum(row.faults for row in faulty),
        first_fault=faulty[0].first_fault if faulty else "",
    )


def soak(kitchen: Kitchen, subject: Subject, effort: Effort) -> None:
    """The load of `json`, not measured."""
    longer = msgspec.structs.replace(effort, warmup=effort.soak, seconds=0.1)
    pinned(kitchen, "benchmarks.load", _plan(subject, subject.asks[Scenario.JSON], longer))


def throughput(kitchen: Kitchen, subject: Subject, scenario: Scenario, effort: Effort) -> Row:
    """As many requests as the connections carry."""
    return _row(kitchen, subject, scenario, _plan(subject, subject.asks[scenario], effort))


def latency(kitchen: Kitchen, subject: Subject, effort: Effort) -> list[Row]:
    """One client: the mock asked directly in Gemini's dialect, then through the subject."""
    lonely = msgspec.structs.replace(effort, connections=1)
    return [
        _row(kitchen, who, Scenario.LATENCY, _plan(who, who.asks[Scenario.LATENCY], lonely))
        for who in (direct(kitchen), subject)
    ]


def paced(kitchen: Kitchen, subject: Subject, effort: Effort) -> list[Row]:
    """Many streams at once, at the mock and then through the subject."""
    mock = direct(kitchen)
    return [_streams(kitchen, who, effort) for who in (mock, subject)]


def direct(kitchen: Kitchen) -> Subject:
    """The mock as a subject of its own: the ceiling of what load and mock can do."""
    questions = {
        Scenario.JSON: asks.gemini({}),
        Scenario.SSE50: asks.gemini({}, stream=True),
        Scenario.LATENCY: asks.gemini({}),
        Scenario.STREAMS: asks.paced_gemini(chunks=serve.RATE * serve.SECONDS, rate=serve.RATE),
    }
    return Subject(DIRECT, kitchen.mock, kitchen.mock_pid, questions, 0.0, 0)


def _plan(subject: Subject, ask: Ask, effort: Effort) -> load.Plan:
    return load.Plan(
        port=subject.port,
        ask=ask,
        pid=subject.pid,
        connections=effort.connections,
        seconds=effort.seconds,
        warmup=effort.warmup,
    )


def _row(kitchen: Kitchen, subject: Subject, scenario: Scenario, plan: load.Plan) -> Row:
    printed = pinned(kitchen, "benchmarks.load", plan)
    seen = msgspec.json.decode(printed, type=load.Seen)
    return Row(
        subject=subject.name,
        scenario=scenario,
        per_second=seen.requests / seen.seconds,
        cpu_us=1e6 * seen.cpu_seconds / max(1, seen.requests),
        core=seen.cpu_seconds / seen.seconds,
        p50_ms=seen.p50_ms,
        p99_ms=seen.p99_ms,
        rss_mb=processes.rss_bytes(subject.pid) / _MIB,
        faults=seen.faults or int(not seen.requests),
        first_fault=seen.first_fault or ("" if seen.requests else "nothing was answered"),
    )


def _streams(kitchen: Kitchen, subject: Subject, effort: Effort) -> Row:
    plan = streams.Plan(
        port=subject.port,
        ask=subject.asks[Scenario.STREAMS],
        pid=subject.pid,
        count=effort.streams,
        seconds=serve.SECONDS,
    )
    seen = msgspec.json.decode(pinned(kitchen, "benchmarks.streams", plan), type=streams.Seen)
    return Row(
        subject=subject.name,
        scenario=Scenario.STREAMS,
        per_second=seen.streams / seen.seconds,
        cpu_us=1e6 * seen.cpu_seconds / max(1, seen.streams),
        core=seen.cpu_seconds / seen.seconds,
        p50_ms=seen.late_p50_ms,
        p99_ms=seen.late_p99_ms,
        rss_mb=seen.peak_bytes / _MIB,
        faults=seen.faults,
        first_fault=seen.first_fault,
    )
