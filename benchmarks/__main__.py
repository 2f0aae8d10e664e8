"""`python -m benchmarks`: measures the gateway, and with PEERS=1 its peers beside it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from benchmarks import budgets, kitchen, report
from benchmarks.kitchen import Scenario
from benchmarks.run import GATEWAY, PEERS, run
from benchmarks.scenarios import Effort


def main() -> int:
    """0 when everything answered rightly, whether the budgets were met or not."""
    asked = _arguments()
    effort = Effort(
        seconds=asked.seconds,
        rounds=asked.rounds,
        connections=asked.connections,
        streams=asked.streams or 1000,
        burst=asked.burst,
    )
    ours = {} if asked.peers_only else GATEWAY
    peers = PEERS if asked.peers or asked.peers_only else {}
    with kitchen.opened(effort.burst) as room:
        found = run(room, {**ours, **peers}, _chosen(asked), effort)
    print(report.text(found))
    if asked.json:
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    return int(budgets.OURS in found.absent or any(row.faults for row in found.rows))


def _chosen(asked: argparse.Namespace) -> list[Scenario]:
    """All but `streams`, unless it is asked for."""
    if asked.only:
        return [Scenario(name) for name in asked.only.split(",")]
    return [each for each in Scenario if asked.streams or each is not Scenario.STREAMS]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", help="scenarios, with commas: " + ",".join(Scenario))
    parser.add_argument("--seconds", type=float, default=1.5, help="measured, in each round")
    parser.add_argument("--rounds", type=int, default=3, help="the median of them is printed")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--burst", type=int, default=5, help="chunks of a stream in one write")
    parser.add_argument(
        "--streams", type=int, nargs="?", const=1000, help="also this many concurrent streams"
    )
    parser.add_argument(
        "--peers", action="store_true", default=os.environ.get("PEERS") == "1", help="or PEERS=1"
    )
    parser.add_argument("--peers-only", action="store_true", help="without our own gateway")
    parser.add_argument("--json", type=Path, metavar="FILE", help="everything as JSON too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
