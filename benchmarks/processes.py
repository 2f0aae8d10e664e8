"""Processes on chosen cores: start, wait for, read CPU time and memory of, end."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[1]
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Failed(Exception):
    """A process ended, or never answered; the text ends with the last lines of its log."""


class Cores(msgspec.Struct, frozen=True):
    """Which core each process lives on."""

    subject: int
    mock: int
    load: int


def share_out(allowed: Sequence[int]) -> Cores:
    """The subject alone on the first core, as far as there are enough."""
    subject, *others = allowed
    rest = others or [subject]
    return Cores(subject=subject, mock=rest[0], load=rest[-1])


def raise_file_limit() -> None:
    """As many open files as the system allows, for this process and those it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def running(
    argv: Sequence[str], *, core: int, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[int]:
    """The process id of `argv`, pinned to `core`, its output in `log`; ended with its children."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env={**_surroundings(), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    os.sched_setaffinity(process.pid, {core})
    try:
        yield process.pid
    finally:
        _end(process)


def _surroundings() -> dict[str, str]:
    """Nothing of the caller's settings: what is measured is the default configuration."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def _end(process: subprocess.Popen[bytes]) -> None:
    family = tree(process.pid)
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in family[1:]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_until(missing: Callable[[], str | None], *, pid: int, log: Path, seconds: float) -> float:
    """Seconds until nothing is `missing()` any more. Raises Failed with it and the log's tail."""
    started = time.monotonic()
    while (what := missing()) is not None:
        end = ended(pid)
        if end or time.monotonic() - started > seconds:
            tail = log.read_text(errors="replace").splitlines()[-15:]
            raise Failed("\n".join([end or what, *tail]))
        time.sleep(0.01)
    return time.monotonic() - started


def ended(pid: int) -> str | None:
    """How a child of ours ended, None while it runs."""
    try:
        stat = _stat(pid)
    except FileNotFoundError:
        return "it is gone"
    return exit_text(stat) if stat[0] == "Z" else None


def exit_text(stat: list[str]) -> str:
    """From the last field of a zombie's /proc/<pid>/stat, which is what wait(2) would give."""
    status = int(stat[-1])
    if os.WIFSIGNALED(status):
        return f"it was ended by signal {os.WTERMSIG(status)}"
    return f"it ended with {os.WEXITSTATUS(status)}"


def closed(port: int) -> str | None:
    """What is missing while nobody listens on `port`."""
    with socket.socket() as probe:
        return f"nothing listens on {port}" if probe.connect_ex(("127.0.0.1", port)) else None


def tree(pid: int) -> list[int]:
    """`pid` and its living descendants."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found += [int(child) for child in children.read_text().split()]
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of the process and its living descendants."""
    return sum(ticks(_stat(member)) for member in tree(pid)) / _TICK


def rss_bytes(pid: int) -> int:
    """Resident memory of the process and its living descendants; shared pages count in each."""
    statm = (Path(f"/proc/{member}/statm").read_text() for member in tree(pid))
    return sum(int(line.split()[1]) for line in statm) * _PAGE


def ticks(stat: list[str]) -> int:
    """utime + stime of the fields after the command's name in /proc/<pid>/stat (proc(5))."""
    return int(stat[11]) + int(stat[12])


def _stat(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text()
    # The command's name is in parentheses and may hold spaces and parentheses itself.
    return text.rpartition(")")[2].split()
