"""Our own bare prototype (`benchmarks/bare.py`) as a peer."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from benchmarks import asks, processes
from benchmarks.kitchen import Kitchen, Scenario, Subject, serving


@contextlib.contextmanager
def opened(kitchen: Kitchen) -> Iterator[Subject]:
    port = processes.free_port()
    argv = [sys.executable, "-m", "benchmarks.bare"]
    argv += ["--port", str(port), "--mock", str(kitchen.mock)]
    questions = {Scenario.JSON: asks.chat({}), Scenario.SSE50: asks.chat({}, stream=True)}
    with serving(kitchen, "bare", argv, port=port, asks=questions) as subject:
        yield subject
