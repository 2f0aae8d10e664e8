"""A served gateway, and a browser that is logged in at its console. Linux only."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks import processes
from benchmarks.stops import Stop

DATABASE = "potluck.sqlite3"

_PASSWORD = "console-benchmark"  # noqa: S105 - opens nothing but this one
_WAIT = 60.0
_PIECE = 65_536
_COOKIE = "potluck_session"
_SCHEDULED = 2
"""Of the clocks of a process the one of scheduled time, CPUCLOCK_SCHED."""


class Took(NamedTuple):
    """One page: milliseconds until its last byte (of a download until its first piece), those of
    CPU, and kilobytes."""

    wall: float
    cpu: float
    size: float


class House:
    """`cookie` is that of a session, "" before the login."""

    def __init__(self, pid: int, port: int, cookie: str = "") -> None:
        self.cookie = cookie
        self._pid = pid
        self._port = port

    def login(self) -> None:
        """Raises processes.Failed if it is not let in."""
        form = json.dumps({"password": _PASSWORD})
        with self._line() as line:
            line.request("POST", "/auth/login", form, {"Content-Type": "application/json"})
            answer = line.getresponse()
            said = answer.read()
        if answer.status != 200:
            raise processes.Failed(f"the login was answered with {answer.status}")
        self.cookie = f"{_COOKIE}={json.loads(said)['token']}"

    def visit(self, stop: Stop) -> Took:
        """Raises processes.Failed for an answer that is an error."""
        cookie = {} if stop.stranger else {"Cookie": self.cookie}
        with self._line() as line:
            busy, begin = _busy(self._pid), time.perf_counter()
            line.request("GET", stop.address, headers=cookie)
            answer = line.getresponse()
            some = answer.read1(_PIECE) if "export" in stop.route else answer.read()
            wall, spent = time.perf_counter() - begin, _busy(self._pid) - busy
            # What is left of a download is not to be made while the next page is.
            size = len(some) + len(answer.read())
        if answer.status >= 400:
            raise processes.Failed(f"{stop.address} was answered with {answer.status}")
        return Took(wall * 1_000, spent, size / 1_024)

    def awake(self) -> str | None:
        """What is missing while nobody answers. It asks the proxy: no page is made for it."""
        try:
            with self._line() as line:
                line.request("GET", "/v1/models")
                line.getresponse().read()
        except OSError as error:
            return f"no answer on {self._port}: {error}"
        return None

    @contextlib.contextmanager
    def _line(self) -> Iterator[http.client.HTTPConnection]:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_WAIT)
        with contextlib.closing(line):
            yield line


@contextlib.contextmanager
def serving(folder: Path, cookie: str = "") -> Iterator[House]:
    """A gateway with its data in `folder`, once it answers."""
    port = processes.free_port()
    env = {"DATA_DIR": str(folder), "PORT": str(port), "PANEL_PASSWORD": _PASSWORD}
    log, argv = folder / "serve.log", [sys.executable, str(processes.ROOT / "manage.py"), "serve"]
    core = min(os.sched_getaffinity(0))
    with processes.running(argv, core=core, log=log, env=env) as pid:
        house = House(pid, port, cookie)
        missing = house.awake
        processes.wait_until(
            lambda: processes.closed(port) or missing(), pid=pid, log=log, seconds=_WAIT
        )
        yield house


def forget(folder: Path) -> None:
    """Takes the database's files out of the machine's memory, as far as they are written."""
    for path in folder.glob(f"{DATABASE}*"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _busy(pid: int) -> float:
    """Milliseconds of CPU that the process has had, its ended threads included: the clock of
    clock_getcpuclockid(3), finer than the ticks of `/proc`."""
    return time.clock_gettime_ns((~pid << 3) | _SCHEDULED) / 1e6
