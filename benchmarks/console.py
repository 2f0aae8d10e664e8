"""How long the console's pages take, with a million requests behind them.

`python -m benchmarks.console [--requests 1000000] [--members 2000] [--folder F] [--rounds 7]`, on a
SQLite file in a folder that is thrown away; one that `--folder` names stays, and is filled once.
`--only keys,requests` walks some pages.

Cold: for the first time in a process, and with nothing of the database in the machine's memory.
Warm: after that, all pages by turns; the median and the longest. Times are those of a client on the
same machine, CPU is the gateway's; where other work goes on, only the latter says something.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import processes
from benchmarks.house import DATABASE, House, Took, forget, serving
from benchmarks.report import table
from benchmarks.stops import Found, Stop, stops

BUDGET = 150.0
"""Milliseconds that a page may take."""

_MOMENT = 8.0
"""Seconds after which a process has loaded what pages need (`gateway/warm.py`)."""

_HEAD = ("page", "p50 ms", "max ms", "CPU ms", "cold ms", "cold CPU ms", "KB")


class Line(NamedTuple):
    """What was found of one page."""

    stop: Stop
    warm: Sequence[Took]
    cold: Took

    @property
    def median(self) -> float:
        return statistics.median(each.wall for each in self.warm)


def main() -> None:
    options = _options()
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(mode=0o700, exist_ok=True)
        fill(folder, options.requests, options.members)
        chosen = set(filter(None, options.only.split(",")))
        walk = [each for each in stops(known(folder)) if not chosen or each.route in chosen]
        print(text(*measure(folder, walk, options.rounds)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--members", type=int, default=2_000, help="keys")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="names of routes, with commas between")
    return parser.parse_args()


def fill(folder: Path, requests: int, members: int) -> None:
    """In a process of its own: Django reads its settings once."""
    env = os.environ | {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "gateway.settings"}
    argv = [sys.executable, "-m", "benchmarks.fill", str(requests), str(members)]
    subprocess.run(argv, env=env, cwd=processes.ROOT, check=True)


def known(folder: Path) -> Found:
    """A request in the middle of the log, who asked, and who answered."""
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as line:
        (most,) = line.execute("SELECT max(id) FROM keys_requestrecord").fetchone()
        row = line.execute(
            "SELECT request_id, key_id, credential_id, credential_label, unixepoch(at), id"
            " FROM keys_requestrecord WHERE id >= ? AND credential_id > 0 ORDER BY id LIMIT 1",
            [most // 2],
        ).fetchone()
    request, key, credential, label, at, record = row
    return Found(key, credential, label, request, f"{at * 10**6}.{record}")


def measure(folder: Path, walk: Sequence[Stop], rounds: int) -> tuple[Took, list[Line]]:
    """The first page of a process that has only just begun, and all pages of one that has had a
    moment."""
    with serving(folder) as house:
        house.login()
    with serving(folder, house.cookie) as fresh:
        forget(folder)
        first = fresh.visit(walk[0])
    with serving(folder, house.cookie) as house:
        time.sleep(_MOMENT)
        cold = [_cold(folder, house, stop) for stop in walk]
        warm = [[house.visit(stop) for stop in walk] for _ in range(rounds)]
    return first, [Line(*each) for each in zip(walk, zip(*warm, strict=True), cold, strict=True)]


def _cold(folder: Path, house: House, stop: Stop) -> Took:
    forget(folder)
    return house.visit(stop)


def text(first: Took, lines: Sequence[Line]) -> str:
    warm = [line.stop.name for line in lines if line.median > BUDGET]
    cold = [line.stop.name for line in lines if line.cold.wall > BUDGET]
    said = [
        table(_HEAD, [_cells(line) for line in lines]),
        f"first page of a process: {first.wall:.0f} ms, {first.cpu:.0f} of CPU",
        f"over {BUDGET:g} ms, warm: {', '.join(warm) or 'none'}",
        f"over {BUDGET:g} ms, cold: {', '.join(cold) or 'none'}",
    ]
    return "\n\n".join(said)


def _cells(line: Line) -> tuple[str, ...]:
    cpu = statistics.median(each.cpu for each in line.warm)
    most = max(each.wall for each in line.warm)
    figures = (line.median, most, cpu, line.cold.wall, line.cold.cpu, line.warm[0].size)
    return line.stop.name, *(f"{each:.0f}" for each in figures)


if __name__ == "__main__":
    main()
