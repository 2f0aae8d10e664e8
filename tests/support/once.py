"""What takes long to make is made once, also when two test processes want it at the same time."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_DONE = "complete"


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, filled by `make` unless that has been done; what an earlier try left is removed."""
    with _alone(folder):
        if not (folder / _DONE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make(folder)
            (folder / _DONE).touch()
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process makes it, the others wait."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".mutex").open("w") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        yield
