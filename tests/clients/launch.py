"""Runs a client as its user would, in a home and a folder of its own, cut off from the Internet."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 60.0
NOTE = "The note says 4711.\n"
KEPT = ("PATH", "LANG", "LC_ALL")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    def __str__(self) -> str:
        """For a failed assertion."""
        return f"exit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


@dataclass(frozen=True)
class Desk:
    """Where one client works: its home, and a folder with `note.txt`. `nowhere` refuses calls."""

    home: Path
    folder: Path
    nowhere: str

    @property
    def note(self) -> Path:
        return self.folder / "note.txt"

    @property
    def scraps(self) -> Path:
        """For temporary files, of which some clients leave many."""
        return self.home / "tmp"

    @classmethod
    def make(cls, root: Path, nowhere: str) -> Desk:
        desk = cls(root / "home", root / "folder", nowhere)
        for folder in (desk.home, desk.folder, desk.scraps):
            folder.mkdir(parents=True)
        desk.note.write_text(NOTE)
        return desk

    def run(
        self, command: Sequence[str], env: Mapping[str, str], *, timeout: float = TIMEOUT
    ) -> Outcome:
        """Raises AssertionError, with what it printed, if it does not end in time."""
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**self._environment, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A group of its own, so that nothing it started is left behind.
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            _end(process)
            out, err = process.communicate()
            raise AssertionError(f"not done after {timeout} s\n{Outcome(0, out, err)}") from None
        finally:
            _end(process)
        return Outcome(process.returncode, out, err)

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        outside = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), self.nowhere)
        inside = {"NO_PROXY": "127.0.0.1,localhost"}
        proxies = outside | inside
        lower = {name.lower(): value for name, value in proxies.items()}
        places = {"HOME": str(self.home), "TMPDIR": str(self.scraps)}
        return {**kept, **proxies, **lower, **places, "TERM": "dumb"}


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def refusing() -> Iterator[str]:
    """The URL of a proxy that refuses every connection: the port is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
