"""A fuzz run: `python -m tests.fuzz --minutes 10`.

With `atheris` installed (it is no dependency) inputs that reach new code are mutated on; else
those that end in a way not seen before. Each finding is written to `--out` once, and the run goes
on; the exit status is 1 if there were any. What is found goes into a test, and a small input
that shows it into `tests/fuzz/corpus`.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

try:
    atheris: Any = importlib.import_module("atheris")
except ImportError:
    atheris = None
if atheris is not None:
    with atheris.instrument_imports(include=["proxy"]):
        importlib.import_module("tests.fuzz.targets")

from tests.fuzz.findings import Findings
from tests.fuzz.mutate import Mutator
from tests.fuzz.seeds import LONGEST, seeds
from tests.fuzz.targets import TARGETS


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--minutes", type=float, default=1.0)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--out", type=Path, default=None, help="folder for findings")
    chosen = options.parse_args()
    out = chosen.out or Path(tempfile.mkdtemp(prefix="fuzz-"))
    findings = Findings(out)
    mutator = Mutator(random.Random(chosen.seed))
    begun = [(name, data) for name, data in seeds() if name in TARGETS]
    for _, data in begun:
        mutator.learn(data)
    print(f"{len(begun)} seeds, {len(TARGETS)} targets, findings go to {out}", flush=True)
    until = time.monotonic() + 60 * chosen.minutes
    if atheris is None:
        blind(findings, mutator, begun, until)
        findings.report()
        return 1 if findings.count else 0
    # libFuzzer ends its process, and what it was given to begin with is not to stay on the disk.
    with tempfile.TemporaryDirectory(prefix="fuzz-seeds-") as folder:
        asked = (findings, mutator, begun, until, Path(folder))
        child = multiprocessing.get_context("fork").Process(target=guided, args=asked)
        child.start()
        child.join()
    return 1 if child.exitcode or any(out.glob("*.txt")) else 0


def blind(
    findings: Findings, mutator: Mutator, begun: list[tuple[str, bytes]], until: float
) -> None:
    """Keeps what ends in a new way."""
    dice = random.Random(1)
    pool, ends = list(begun), set()
    while time.monotonic() < until:
        name, data = dice.choice(pool)
        changed = mutator.mutated(data)[:LONGEST]
        end = name, findings.run(name, changed)
        if end not in ends:
            ends.add(end)
            pool.append((name, changed))


def guided(
    findings: Findings,
    mutator: Mutator,
    begun: list[tuple[str, bytes]],
    until: float,
    folder: Path,
) -> None:
    """libFuzzer chooses by coverage, among the inputs in `folder`, which it adds to."""
    for number, (name, data) in enumerate(begun):
        (folder / f"{number:05}").write_bytes(name.encode() + b"\n" + data)

    def once(wire: bytes) -> None:
        name, _, data = wire.partition(b"\n")
        if (known := name.decode("ascii", "replace")) in TARGETS:
            findings.run(known, data)

    def mutated(wire: bytes, longest: int, seed: int) -> bytes:
        name, _, data = wire.partition(b"\n")
        if name.decode("ascii", "replace") not in TARGETS:
            name, data = random.choice(begun)[0].encode(), data
        return (name + b"\n" + mutator.mutated(data))[:longest]

    seconds = max(1, int(until - time.monotonic()))
    asked = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        "-timeout=30",
        "-rss_limit_mb=2048",
    ]
    atheris.Setup(
        [sys.argv[0], *asked, "-print_final_stats=1", str(folder)], once, custom_mutator=mutated
    )
    atheris.Fuzz()


if __name__ == "__main__":
    raise SystemExit(main())
