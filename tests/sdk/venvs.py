"""Virtual environments for SDKs whose versions exclude each other: made once per lock file."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "sdk"
BUILD_TIMEOUT = 600
RUN_TIMEOUT = 120


def environment(name: str) -> Path:
    """The Python of the environment that `<name>.lock` describes; made if it is not there yet."""
    lock = HERE / f"{name}.lock"
    folder = CACHE / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    python = folder / "bin" / "python"
    with _alone(folder):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _build(folder, lock)
            (folder / "complete").touch()
    return python


def run(name: str, script: str, *arguments: str) -> dict[str, Any]:
    """Runs `scripts/<script>.py` in environment `name`; its JSON document from standard output."""
    command = [str(environment(name)), "-s", "-m", f"tests.sdk.scripts.{script}", *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT,
    )
    if done.returncode:
        raise AssertionError(f"{script} in {name} ended with {done.returncode}:\n{done.stderr}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _build(folder: Path, lock: Path) -> None:
    uv = shutil.which("uv")
    if uv:
        _call(uv, "venv", "--quiet", "--python", sys.executable, str(folder))
        install = [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
    else:
        _call(sys.executable, "-m", "venv", str(folder))
        install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    _call(*install, "--require-hashes", "-r", str(lock))


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_TIMEOUT)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Several test processes may want the same environment: one makes it, the others wait."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".mutex").open("w") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        yield
