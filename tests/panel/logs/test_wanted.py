from __future__ import annotations

import pytest

from panel.logs import wanted
from panel.logs.ring import Ring
from panel.logs.wanted import Asked, Wanted, Wrong


@pytest.fixture
def ring() -> Ring:
    found = Ring(str)
    found.append(0.0, 20, "potluck.requests", "model='Gemini' status=200", "abc123")
    found.append(0.0, 40, "potluck.pool", "a credential is banned")
    return found


@pytest.mark.parametrize(
    ("want", "taken"),
    [
        (Wanted(), [1, 2]),
        (Wanted("debug"), [1, 2]),
        (Wanted("warning"), [2]),
        (Wanted("error", "gemini"), []),
        (Wanted("info", "GEMINI"), [1]),
        (Wanted("info", "potluck.pool"), [2]),
        (Wanted("info", "ABC12"), [1]),
        (Wanted("info", "nothing like that"), []),
    ],
)
def test_it_takes_what_is_wanted(ring: Ring, want: Wanted, taken: list[int]) -> None:
    assert [each.seq for each in ring.after(0).entries if want.takes(ring, each)] == taken


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("{}", Asked()),
        ('{"ping": 3}', Asked(ping=3)),
        ('{"token": "t", "level": "error"}', Asked(token="t", level="error")),
        ('{"text": " x ", "after": 5, "run": "a"}', Asked(text=" x ", after=5, run="a")),
    ],
)
def test_a_message_is_read(text: str, asked: Asked) -> None:
    assert wanted.message(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{", '{"level": "loud"}', '{"after": -1}', '{"after": "1"}',
        '{"after": 1e300}', '{"leve1": "info"}', '{"text": "' + "x" * 201 + '"}',
        '{"token": "' + "x" * 5_000 + '"}', "[" * 2_000, '{"text": "\\ud800"}',
    ],
)  # fmt: skip
def test_a_message_that_makes_no_sense_is_wrong(text: str) -> None:
    with pytest.raises(Wrong):
        wanted.message(text)


def test_an_address_says_the_same_but_no_token() -> None:
    asked = wanted.address({"level": "error", "after": "12", "run": "a"})
    assert asked == Asked(level="error", after=12, run="a")
    with pytest.raises(Wrong, match="unknown field `token`"):
        wanted.address({"token": "t"})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, Wanted()),
        ({"level": "loud", "text": " x "}, Wanted("info", "x")),
        ({"level": "error", "text": "x" * 900}, Wanted("error", "x" * 200)),
    ],
)
def test_a_page_takes_what_makes_sense(query: dict[str, str], found: Wanted) -> None:
    assert wanted.chosen(query) == found


def test_what_is_not_said_stays() -> None:
    before = Wanted("error", "x")
    assert wanted.changed(before, Asked(text="")) == Wanted("error")
    assert wanted.changed(before, Asked(level="info")) == Wanted("info", "x")
