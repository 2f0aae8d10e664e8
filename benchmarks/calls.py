"""How many function calls one request takes: `python -m benchmarks.calls json`.

cProfile counts them on the gateway's main thread, in a short and in a longer run; the difference
is what requests took. It is the same number on a busy machine and on an idle one, so it shows
what a change did where times do not.
"""

from __future__ import annotations

import argparse
import os
import pstats
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec

from benchmarks import kitchen, processes, report, scenarios, serve
from benchmarks.kitchen import Kitchen, Scenario
from benchmarks.scenarios import Effort

Counts = Mapping[str, int]

_ONCE_A_REQUEST = "on_headers_complete (uvicorn/protocols/http/httptools_impl.py)"
_PREFIXES = (Path(msgspec.__file__).parents[1], Path(os.__file__).parent, processes.ROOT)
"""Left out of the printed paths; the first may be inside the last."""


def short(path: str) -> str:
    """A path as the project, or the package it is from, sees it."""
    for folder in _PREFIXES:
        path = path.replace(f"{folder}/", "")
    return path


def per_request(few: Counts, many: Counts) -> dict[str, float]:
    """Calls of each function by one request, the most frequent first."""
    requests = many[_ONCE_A_REQUEST] - few[_ONCE_A_REQUEST]
    rates = {name: (many[name] - few.get(name, 0)) / requests for name in many}
    # What comes less often belongs to the second, not to the request.
    often = {name: rate for name, rate in rates.items() if rate >= 0.05}
    return dict(sorted(often.items(), key=lambda item: -item[1]))


def traced(room: Kitchen, scenario: Scenario, effort: Effort) -> Path:
    """Runs the gateway under cProfile, on a new database; the file that pstats reads."""
    dump = room.folder / "profile.dump"
    dump.unlink(missing_ok=True)
    shutil.rmtree(room.folder / "data", ignore_errors=True)
    interpreter = (sys.executable, "-m", "cProfile", "-o", str(dump))
    with serve.gateway(room, interpreter=interpreter) as subject:
        scenarios.throughput(room, subject, scenario, effort)
        # cProfile writes when it is interrupted, and does not live to write after SIGTERM.
        os.kill(subject.pid, signal.SIGINT)
        processes.wait_until(
            lambda: None if processes.ended(subject.pid) else "it still runs",
            pid=subject.pid,
            log=room.folder / "potluck.log",
            seconds=20,
        )
    if not dump.exists():
        raise processes.Failed("the gateway ended without writing its profile")
    return dump


def _counted(room: Kitchen, scenario: Scenario, seconds: float) -> Counts:
    counts: Counter[str] = Counter()
    dump = traced(room, scenario, Effort(seconds=seconds, warmup=0))
    # Documented in profile.py only: get_stats_profile() joins functions of the same name.
    found = pstats.Stats(str(dump)).stats  # type: ignore[attr-defined]
    for (path, _, name), (_, calls, *_) in found.items():
        counts[name if path == "~" else f"{name} ({short(path)})"] += calls
    return counts


def main() -> int:
    asked = _arguments()
    scenario = Scenario(asked.scenario)
    with kitchen.opened(asked.burst) as room:
        few, many = (_counted(room, scenario, seconds) for seconds in (0.5, 2.5))
    rates = per_request(few, many)
    print(f"{scenario}: {sum(rates.values()):,.0f} calls a request\n")
    lines = [(name, report.number(rate)) for name, rate in rates.items()]
    print(report.table(("function", "calls"), lines[: asked.top]))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description=__doc__)
    choices = [str(each) for each in scenarios.THROUGHPUT]
    parser.add_argument("scenario", choices=choices, nargs="?", default=str(Scenario.JSON))
    parser.add_argument("--top", type=int, default=40)
    parser.add_argument("--burst", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
