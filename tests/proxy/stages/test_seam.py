"""What a continuation repeats is left out; nothing else is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from proxy.stages.seam import LEAST, REACH, Seam, overlap

COUNTED = ", ".join(str(n) for n in range(1, 400))


def through(said: str, *pieces: str) -> str:
    seam = Seam(said)
    return "".join([*map(seam.feed, pieces), seam.flush()])


@pytest.mark.parametrize(
    ("said", "more", "repeated"),
    [
        ("The quick brown fox", " jumps", 0),
        ("The quick brown fox", "quick brown fox jumps", len("quick brown fox")),
        ("The quick brown fox", "fox jumps", 0),
        ("A list:\n- fox", "- fox jumps", len("- fox")),
        ("A list:\n- a", "- a fox", 0),
        ("A list:\n- fox\n", "- fox\n- hen", 0),
        ("The quick brown fox", "The quick brown fox jumps", 19),
        ("| a | b |\n| --- | --- |", " --- | --- |", 0),
        ("0000000000000000", "0000000000000000", 0),
        ("indented\n            ", "            more", 0),
        ("say('hello you')\nsay('hello you')\n", "say('hello you')\nsay('bye')", 0),
        ("", "anything", 0),
        ("anything", "", 0),
    ],
)
def test_only_a_long_repetition_or_a_whole_line_counts(said: str, more: str, repeated: int) -> None:
    assert overlap(said, more) == repeated


@given(
    cut=st.integers(1, len(COUNTED) - 1),
    back=st.one_of(st.just(0), st.integers(LEAST, REACH)),
    marks=st.lists(st.integers(0, 600), max_size=6),
)
def test_however_it_is_cut_and_repeated_the_text_is_the_same(
    cut: int, back: int, marks: list[int]
) -> None:
    said, more = COUNTED[:cut], COUNTED[max(cut - back, 0) :]
    assume(not back or len(said) >= LEAST)
    cuts = sorted({0, *(min(mark, len(more)) for mark in marks), len(more)})
    pieces = [more[a:b] for a, b in pairwise(cuts)]
    assert said + through(said, *pieces) == COUNTED


@given(said=st.text("ab\n ", max_size=40), pieces=st.lists(st.text("ab\n ", max_size=9)))
def test_what_is_left_out_is_exactly_how_the_text_ended(said: str, pieces: list[str]) -> None:
    more = "".join(pieces)
    fresh = through(said, *pieces)
    assert more.endswith(fresh)
    assert said.endswith(more[: len(more) - len(fresh)])
    assert len(more) - len(fresh) == overlap(said, more)


@given(said=st.text("ab\n ", max_size=40), more=st.text("ab\n ", max_size=40))
def test_the_longest_repetition_is_found(said: str, more: str) -> None:
    sizes = [n for n in range(len(more) + 1) if said.endswith(more[:n])]
    assert overlap(said, more) in (0, max(sizes))


def test_text_is_held_back_only_while_it_may_be_a_repetition() -> None:
    seam = Seam("one two three four")
    assert (seam.feed(""), seam.pending) == ("", False)
    assert (seam.feed("two"), seam.pending) == ("", True)
    assert (seam.feed(" thr"), seam.pending) == ("", True)
    assert (seam.feed("ough"), seam.pending) == ("two through", False)
    assert (seam.feed("two"), seam.decided) == ("two", True)


def test_no_more_is_held_back_than_is_compared() -> None:
    seam = Seam(COUNTED)
    for character in COUNTED[-REACH:-1]:
        assert seam.feed(character) == ""
    assert seam.feed(COUNTED[-1]) == ""
    assert (seam.dropped, seam.decided) == (REACH, True)


def test_nothing_is_held_back_where_nothing_was_said() -> None:
    seam = Seam("")
    assert (seam.feed("a"), seam.flush(), seam.dropped) == ("a", "", 0)
