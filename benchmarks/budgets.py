"""The budgets, and which of a run's figures keep them. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from benchmarks.kitchen import Scenario
from benchmarks.replies import CHUNKS
from benchmarks.scenarios import DIRECT, Row

OURS = "potluck"


class Verdict(enum.StrEnum):
    STRETCH = "met, stretch too"
    MET = "met"
    NOT_MET = "NOT MET"


class Budget(msgspec.Struct, frozen=True):
    """At most `limit`, or at least when `floor`; `stretch` is what we would like."""

    figure: str
    what: str
    limit: float
    stretch: float | None = None
    floor: bool = False

    def judge(self, value: float) -> Verdict:
        if not self._keeps(value, self.limit):
            return Verdict.NOT_MET
        if self.stretch is not None and self._keeps(value, self.stretch):
            return Verdict.STRETCH
        return Verdict.MET

    def _keeps(self, value: float, bound: float) -> bool:
        return value >= bound if self.floor else value <= bound


class Finding(msgspec.Struct, frozen=True):
    """A budget and what was measured; no value when this run did not measure it soundly."""

    budget: Budget
    value: float | None
    verdict: Verdict | None


BUDGETS = (
    Budget("json.cpu_us", "json, OpenAI → Gemini: CPU µs/request", 300, 200),
    Budget("json.per_second", "json, OpenAI → Gemini: req/s", 3000, floor=True),
    Budget("pass.cpu_us", "pass, Gemini → Gemini: CPU µs/request", 250, 150),
    Budget("pass-chat.cpu_us", "pass, chat → OpenAI-compatible: CPU µs/request", 250, 150),
    Budget("sse50.cpu_us", "sse50, OpenAI → Gemini: CPU µs/stream", 900, 500),
    Budget("sse50.chunk_us", "sse50: CPU µs/chunk over json", 14),
    Budget("latency.p50_added_ms", "one client: added latency p50 ms", 2, 1),
    Budget("latency.p99_added_ms", "one client: added latency p99 ms", 6),
    Budget("streams.p99_ms", "streams, 20 chunks/s: lateness p99 ms", 100),
    Budget("streams.rss_mb", "streams: peak RSS MB", 250),
    Budget("idle.rss_mb", "idle RSS MB", 120, 90),
    Budget("start.seconds", "start to first answer s", 2),
    Budget("litellm.ratio", "json req/s, times LiteLLM's", 20, 40, floor=True),
    Budget("portkey.ratio", "json req/s, times Portkey's", 4, 6, floor=True),
)


def figures(rows: Sequence[Row]) -> dict[str, float]:
    """The rows' figures by the names that the budgets use; a row with faults gives none."""
    sound = {(row.subject, row.scenario): row for row in rows if not row.faults}
    found: dict[str, float] = {}
    for (subject, scenario), row in sound.items():
        if subject == OURS:
            found |= {
                f"{scenario}.cpu_us": row.cpu_us,
                f"{scenario}.per_second": row.per_second,
                f"{scenario}.p99_ms": row.p99_ms,
                f"{scenario}.rss_mb": row.rss_mb,
            }
    return found | dict(_derived(sound))


def judged(found: Mapping[str, float]) -> list[Finding]:
    """One finding per budget, in their order."""
    values = ((budget, found.get(budget.figure)) for budget in BUDGETS)
    return [
        Finding(budget, value, None if value is None else budget.judge(value))
        for budget, value in values
    ]


def _derived(sound: Mapping[tuple[str, Scenario], Row]) -> Iterator[tuple[str, float]]:
    json, sse = sound.get((OURS, Scenario.JSON)), sound.get((OURS, Scenario.SSE50))
    if json and sse:
        yield "sse50.chunk_us", (sse.cpu_us - json.cpu_us) / CHUNKS
    ours, mock = sound.get((OURS, Scenario.LATENCY)), sound.get((DIRECT, Scenario.LATENCY))
    if ours and mock:
        yield "latency.p50_added_ms", ours.p50_ms - mock.p50_ms
        yield "latency.p99_added_ms", ours.p99_ms - mock.p99_ms
    for (subject, scenario), row in sound.items():
        if json and scenario is Scenario.JSON and subject not in (OURS, DIRECT):
            yield f"{subject}.ratio", json.per_second / row.per_second
