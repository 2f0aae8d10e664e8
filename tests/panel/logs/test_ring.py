from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from panel.logs.ring import LONGEST, Line, Ring, word

REQUEST = "0" * 31 + "f"


def filled(lines: int, size: int = 5) -> Ring:
    ring = Ring(str, size=size)
    for number in range(1, lines + 1):
        ring.append(float(number), 20, "test", f"line {number}")
    return ring


@pytest.mark.parametrize(
    ("lines", "after", "numbers", "missed"),
    [
        (0, 0, [], 0),
        (3, 0, [1, 2, 3], 0),
        (3, 2, [3], 0),
        (3, 3, [], 0),
        (8, 0, [4, 5, 6, 7, 8], 0),
        (8, 1, [4, 5, 6, 7, 8], 2),
        (8, 3, [4, 5, 6, 7, 8], 0),
        (8, 99, [], 0),
    ],
)
def test_it_goes_on_after_a_number_and_says_what_is_lost(
    lines: int, after: int, numbers: list[int], missed: int
) -> None:
    batch = filled(lines).after(after)
    assert ([each.seq for each in batch.entries], batch.missed) == (numbers, missed)
    assert batch.last == lines


def test_a_batch_is_as_long_as_it_may_be() -> None:
    batch = filled(5).after(1, most=2)
    assert ([each.seq for each in batch.entries], batch.last) == ([2, 3], 3)


def test_what_is_cleared_is_gone_and_not_missed() -> None:
    ring = filled(4)
    assert ring.clear() == (4, 0)
    ring.append(5.0, 20, "test", "line 5")
    batch = ring.after(1)
    assert ([each.seq for each in batch.entries], batch.missed) == ([5], 0)
    assert ring.clear() == (1, 4)
    assert ring.after(0).last == 5


def test_a_clearing_can_be_undone() -> None:
    ring = filled(4)
    _, floor = ring.clear()
    ring.restore(floor)
    assert len(ring.after(0).entries) == 4
    ring.clear()
    ring.restore(99)
    assert ring.after(0).entries == []


def test_nothing_is_put_into_words_before_somebody_looks() -> None:
    said: list[str] = []

    def say() -> str:
        said.append("x")
        return "a secret"

    ring = Ring(lambda text: text.replace("secret", "[…]"))
    ring.append(0.0, 20, "test", say)
    assert said == []
    (entry,) = ring.after(0).entries
    assert [ring.line(entry).text, ring.line(entry).text] == ["a […]", "a […]"]
    assert said == ["x"]


def test_words_that_fail_are_a_line_all_the_same() -> None:
    ring = Ring(str)
    ring.append(0.0, 20, "test", lambda: str(1 / 0))
    assert "ZeroDivisionError" in ring.line(ring.after(0).entries[0]).text


def test_a_line_is_json() -> None:
    ring = Ring(str)
    ring.append(1_767_225_600.1239, 45, "potluck.test", f"request {REQUEST} failed")
    assert ring.json(ring.after(0).entries[0]) == (
        '{"seq":1,"at":"2026-01-01T00:00:00.123000Z","level":"error","logger":"potluck.test",'
        f'"text":"request {REQUEST} failed","request":"{REQUEST}"}}'
    )


def test_a_long_line_keeps_both_ends_and_no_half_of_a_secret() -> None:
    secret = "sk-" + "s" * 40
    ring = Ring(lambda text: text.replace(secret, "[…]"))
    for before in range(900, 1_100, 20):
        ring.append(0.0, 20, "test", "b" * before + secret + "e" * 50_000 + " the end")
    for entry in ring.after(0).entries:
        text = ring.line(entry).text
        assert len(text) < LONGEST + 20
        assert text.endswith("the end")
        assert "ss" not in text


def test_the_bell_rings_for_each_line() -> None:
    ring, rung = filled(1), []
    ring.bell = lambda: rung.append(ring.last)
    ring.append(0.0, 20, "test", "x")
    assert rung == [2]


@pytest.mark.parametrize(
    ("level", "name"), [(5, "debug"), (10, "debug"), (20, "info"), (30, "warning"), (50, "error")]
)
def test_a_level_is_a_word(level: int, name: str) -> None:
    assert word(level) == name


def test_a_line_of_another_process_stands_in_its_turn_and_says_whose_it_is() -> None:
    ring = filled(1)
    ring.process = "here"
    theirs = Line(70, datetime(2026, 1, 1, tzinfo=UTC), "warning", "test", "theirs", REQUEST, "two")
    ring.take(theirs, lost=2)
    ring.append(3.0, 20, "test", "mine")
    _, other, mine = ring.after(0).entries
    assert ring.line(other) == msgspec.structs.replace(theirs, seq=2)
    assert (other.level, other.own, other.lost) == (30, 0, 2)
    assert (ring.line(mine).seq, ring.line(mine).process, mine.own) == (3, "here", 2)
