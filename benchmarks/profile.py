"""Where the gateway's time goes: `python -m benchmarks.profile sse50` prints the top functions.

py-spy (from PyPI, kept in the cache folder) samples from outside whoever holds the interpreter's
lock, and pauses it for that: the shares are right, the printed rate is lower than without. Where
that is not possible, `--tool cprofile` runs the gateway under cProfile, which makes small
functions look dear.
"""

from __future__ import annotations

import argparse
import io
import pstats
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks import calls, kitchen, processes, report, scenarios, serve
from benchmarks.kitchen import CACHE, Kitchen, Scenario, Subject
from benchmarks.peers import fetch
from benchmarks.scenarios import Effort

_RATE = 250


class Share(msgspec.Struct, frozen=True):
    """Of all samples: those in the function itself, and those in it or below it."""

    name: str
    own: float
    total: float


def shares(folded: str) -> list[Share]:
    """From folded stacks, one `frame;frame;frame count` a line; the largest own share first."""
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for line in folded.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [_function(frame) for frame in stack.split(";")]
        own[frames[-1]] += int(count)
        for name in set(frames):
            total[name] += int(count)
    everything = own.total() or 1
    found = [Share(name, own[name] / everything, total[name] / everything) for name in total]
    return sorted(found, key=_falling)


def folders(found: Sequence[Share]) -> list[Share]:
    """The own shares summed by the folder a function's file is in, the largest first."""
    own: dict[str, float] = defaultdict(float)
    for share in found:
        _, _, path = share.name.rpartition(" (")
        own[str(Path(path.rstrip(")")).parent)] += share.own
    return sorted((Share(name, value, value) for name, value in own.items()), key=_falling)


def _falling(share: Share) -> tuple[float, float]:
    return -share.own, -share.total


def _function(frame: str) -> str:
    """`reserve (keys/ledger.py:88)` without the line: one function is one name."""
    return frame.rpartition(":")[0] + ")" if frame.endswith(")") and ":" in frame else frame


def main() -> int:
    asked = _arguments()
    scenario, effort = Scenario(asked.scenario), Effort(seconds=asked.seconds)
    with kitchen.opened(asked.burst) as room:
        if asked.tool == "cprofile":
            print(_printed(calls.traced(room, scenario, effort), asked.top))
            return 0
        with serve.gateway(room) as subject:
            scenarios.soak(room, subject, effort)
            found = shares(_sampled(room, subject, scenario, effort))
    for title, ordered in (
        ("by folder", folders(found)),
        ("in itself", found),
        ("with what it calls", sorted(found, key=lambda share: -share.total)),
    ):
        print(f"\n{title}\n")
        lines = [_cells(share) for share in ordered[: asked.top]]
        print(report.table(("where", "own %", "total %"), lines))
    return 0


def _sampled(room: Kitchen, subject: Subject, scenario: Scenario, effort: Effort) -> str:
    """Folded stacks of the subject while it is under load. Only time on the CPU is sampled."""
    folded = room.folder / "folded.txt"
    argv = [str(_pyspy()), "record", "--pid", str(subject.pid)]
    argv += ["--format", "raw", "--rate", str(_RATE), "--full-filenames", "--gil"]
    argv += ["--duration", str(max(1, round(effort.seconds))), "--output", str(folded)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as spy:
        longer = msgspec.structs.replace(effort, seconds=effort.seconds + 1)
        row = scenarios.throughput(room, subject, scenario, longer)
        printed, _ = spy.communicate(timeout=60)
    if spy.returncode:
        raise processes.Failed(f"py-spy: {printed[-600:]}\nTry --tool cprofile.")
    print(f"{row.per_second:,.0f} req/s, {row.cpu_us:,.0f} µs CPU/request, {row.faults} faults")
    return calls.short(folded.read_text())


def _printed(dump: Path, top: int) -> str:
    """What cProfile counted, as pstats prints it."""
    text = io.StringIO()
    pstats.Stats(str(dump), stream=text).sort_stats("tottime").print_stats(top)
    return text.getvalue()


def _pyspy() -> Path:
    home = CACHE / "py-spy"
    binary = home / "bin" / "py-spy"
    if not binary.exists():
        fetch([sys.executable, "-m", "venv", str(home)])
        fetch([str(home / "bin" / "pip"), "install", "py-spy"])
    return binary


def _cells(share: Share) -> Sequence[str]:
    return (share.name, report.number(100 * share.own), report.number(100 * share.total))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("scenario", choices=[str(each) for each in scenarios.THROUGHPUT], nargs="?")
    parser.add_argument("--tool", choices=("py-spy", "cprofile"), default="py-spy")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--top", type=int, default=30)
    parser.add_argument("--burst", type=int, default=5)
    parser.set_defaults(scenario=str(Scenario.JSON))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
