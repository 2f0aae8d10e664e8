"""Virtual environments for SDKs whose versions exclude each other: made once per lock file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.once import once

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "sdk"
BUILD_TIMEOUT = 600
OFFLINE = {
    "NO_PROXY": "127.0.0.1",
    # Nobody listens there.
    "HTTPS_PROXY": "http://127.0.0.1:1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "true",
}
RUN_TIMEOUT = 120


def environment(name: str) -> Path:
    """The Python of the environment that `<name>.lock` describes; made if it is not there yet."""
    lock = HERE / f"{name}.lock"
    folder = CACHE / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    return once(folder, lambda made: _build(made, lock)) / "bin" / "python"


def run(name: str, script: str, *arguments: str) -> dict[str, Any]:
    """Runs `scripts/<script>.py` in environment `name`; its JSON document from standard output."""
    command = [str(environment(name)), "-s", "-m", f"tests.sdk.scripts.{script}", *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **OFFLINE},
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
        _call(uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder))
        install = [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
    else:
        _call(sys.executable, "-m", "venv", str(folder))
        install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    _call(*install, "--require-hashes", "-r", str(lock))


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_TIMEOUT)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
