"""What a run stands on: cores, a folder, the mock upstream; and the subjects it measures."""

from __future__ import annotations

import contextlib
import enum
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from benchmarks import processes
from benchmarks.answers import Reader, fault
from benchmarks.asks import Ask

CACHE = processes.ROOT / ".cache" / "bench"
"""Peers and tools are installed here, and databases live here: on a disk, not in memory."""


class Scenario(enum.StrEnum):
    JSON = "json"
    NATIVE = "pass"
    NATIVE_CHAT = "pass-chat"
    SSE50 = "sse50"
    NATIVE_SSE50 = "pass-sse50"
    LATENCY = "latency"
    STREAMS = "streams"


class Kitchen(msgspec.Struct, frozen=True):
    """`mock` is the port, `mock_pid` the process; `folder` is gone after the run."""

    cores: processes.Cores
    folder: Path
    mock: int
    mock_pid: int


class Subject(msgspec.Struct, frozen=True):
    """A running process that answers `asks`; `start_seconds` from its start to a right answer."""

    name: str
    port: int
    pid: int
    asks: Mapping[Scenario, Ask]
    start_seconds: float
    idle_bytes: int


@contextlib.contextmanager
def opened(burst: int) -> Iterator[Kitchen]:
    """A kitchen whose mock writes `burst` chunks of a stream at once."""
    cores = processes.share_out(sorted(os.sched_getaffinity(0)))
    os.sched_setaffinity(0, {cores.load})
    processes.raise_file_limit()
    CACHE.mkdir(parents=True, exist_ok=True)
    port = processes.free_port()
    argv = [sys.executable, "-m", "benchmarks.mock", "--port", str(port), "--burst", str(burst)]
    with tempfile.TemporaryDirectory(prefix="run-", dir=CACHE) as name:
        folder = Path(name)
        log = folder / "mock.log"
        with processes.running(argv, core=cores.mock, log=log) as pid:
            processes.wait_until(lambda: processes.closed(port), pid=pid, log=log, seconds=10)
            yield Kitchen(cores, folder, port, pid)


@contextlib.contextmanager
def serving(
    kitchen: Kitchen,
    name: str,
    argv: list[str],
    *,
    port: int,
    asks: Mapping[Scenario, Ask],
    env: Mapping[str, str] | None = None,
    seconds: float = 30,
) -> Iterator[Subject]:
    """`argv` on the subject's core, once it answers rightly. Raises Failed after `seconds`."""
    log = kitchen.folder / f"{name}.log"
    first = next(iter(asks.values()))
    with processes.running(argv, core=kitchen.cores.subject, log=log, env=env) as pid:
        took = processes.wait_until(
            lambda: processes.closed(port) or wrong(port, first), pid=pid, log=log, seconds=seconds
        )
        yield Subject(name, port, pid, asks, took, processes.rss_bytes(pid))


def wrong(port: int, ask: Ask) -> str | None:
    """Asks once; what is wrong with the answer, None when it is right."""
    reader = Reader()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(ask.request)
            while data := connection.recv(65_536):
                answer = reader.feed(data)
                if answer is not None:
                    return fault(ask, answer)
    except OSError as error:
        return f"no answer on {port}: {error}"
    return "the connection was closed before the answer was whole"


def pinned(kitchen: Kitchen, module: str, plan: msgspec.Struct) -> bytes:
    """Runs one of our load processes; what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=processes.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    # It waits for its plan, so it is on its core before it begins.
    os.sched_setaffinity(process.pid, {kitchen.cores.load})
    printed, _ = process.communicate(msgspec.json.encode(plan))
    if process.returncode:
        raise processes.Failed(f"{module} ended with {process.returncode}")
    return printed
