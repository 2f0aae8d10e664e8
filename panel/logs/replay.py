"""What was logged so far: the lines of the ring that somebody wants, or the end of LOG_FILE."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from panel.logs.ring import SIZE, Line, Ring
from panel.logs.wanted import Wanted

LONGEST = 4 * 2**20
"""Bytes of a file's end."""


def lines(ring: Ring, wanted: Wanted, most: int = SIZE) -> list[Line]:
    """The newest `most` of them, oldest first."""
    found = [each for each in ring.after(0).entries if wanted.takes(ring, each)]
    return [ring.line(each) for each in found[-most:]]


def text(lines: Iterable[Line]) -> str:
    """As the log's file has them."""
    return "".join(f"{_written(each)}\n" for each in lines)


def _written(line: Line) -> str:
    at = line.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    # Requests are told without their id; in other lines it is a part of the text.
    request = f"{line.request} " if line.request and line.request not in line.text else ""
    process = f"[{line.process}] " if line.process else ""
    return f"{at} {line.level.upper()} {line.logger} {process}{request}{line.text}"


def tail(path: Path, most: int = LONGEST) -> bytes:
    """The last whole lines of a file. Raises OSError."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - most)
        file.seek(start)
        data = file.read(most)
    return data.partition(b"\n")[2] if start else data
