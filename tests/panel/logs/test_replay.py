from __future__ import annotations

from pathlib import Path

import pytest

from panel.logs import replay
from panel.logs.ring import Ring
from panel.logs.wanted import Wanted


@pytest.fixture
def ring() -> Ring:
    found = Ring(str)
    found.append(0.0, 20, "potluck.requests", "status=200", "r1")
    found.append(1.5, 40, "potluck.proxy", "request r2 failed", "r2")
    return found


def test_lines_are_written_as_the_file_has_them(ring: Ring) -> None:
    assert replay.text(replay.lines(ring, Wanted())) == (
        "1970-01-01T00:00:00.000Z INFO potluck.requests r1 status=200\n"
        "1970-01-01T00:00:01.500Z ERROR potluck.proxy request r2 failed\n"
    )


def test_the_newest_come_first_when_not_all_fit(ring: Ring) -> None:
    assert [each.seq for each in replay.lines(ring, Wanted(), 1)] == [2]
    assert [each.seq for each in replay.lines(ring, Wanted("error"), 5)] == [2]


@pytest.mark.parametrize(
    ("most", "end"),
    [(100, b"one\ntwo\nthree\n"), (10, b"three\n"), (11, b"two\nthree\n"), (3, b"")],
)
def test_of_a_file_the_last_whole_lines(tmp_path: Path, most: int, end: bytes) -> None:
    file = tmp_path / "potluck.log"
    file.write_bytes(b"one\ntwo\nthree\n")
    assert replay.tail(file, most) == end
