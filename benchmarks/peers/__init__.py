"""Other gateways, measured beside ours with the same mock, load and cores."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from benchmarks.kitchen import CACHE


class Missing(Exception):
    """This peer cannot be had on this machine; the text says why."""


def fetch(argv: Sequence[str]) -> None:
    """Runs an installer in the cache folder. Raises Missing with the end of what it printed."""
    try:
        done = subprocess.run(argv, cwd=CACHE, capture_output=True, text=True, timeout=900)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise Missing(str(error)) from error
    if done.returncode:
        tail = (done.stdout + done.stderr).strip().splitlines()[-3:]
        raise Missing("\n".join([" ".join(argv), *tail]))
