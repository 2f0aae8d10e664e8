from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.upstreams.blot import Blotter, whole

SECRET = b"sk-ssk-a"


def fed(secret: bytes, pieces: list[bytes]) -> list[bytes]:
    blotter = Blotter(secret)
    return [*(blotter.feed(piece) for piece in pieces), blotter.flush()]


@pytest.mark.parametrize("text", [b"key sk-ssk-a!", b"sk-ssk-ask-ssk-a", b"sk-ssk-ssk-a", b"sk-ss"])
def test_it_is_blotted_wherever_the_bytes_are_cut(text: bytes) -> None:
    for first in range(len(text) + 1):
        for second in range(first, len(text) + 1):
            pieces = [text[:first], text[first:second], text[second:]]
            assert b"".join(fed(SECRET, pieces)) == whole(text, SECRET)


# An alphabet of few letters, so that secrets overlap with themselves and with the blot.
LETTERS = st.lists(st.sampled_from([b"a", b"b", b"]", b"["]), max_size=40).map(b"".join)


@given(LETTERS.filter(bool), LETTERS, st.lists(st.integers(0, 40), max_size=6))
def test_what_comes_out_does_not_depend_on_the_cuts(
    secret: bytes, text: bytes, cuts: list[int]
) -> None:
    secret = secret[:4]
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    assert b"".join(fed(secret, pieces)) == text.replace(secret, b"[credential]")


def test_nothing_else_is_delayed() -> None:
    pieces = [b"data: {}\n\n", b"data: s", b"k-no\n\n", b"sk-ss"]
    assert fed(SECRET, pieces) == [b"data: {}\n\n", b"data: ", b"sk-no\n\n", b"", b"sk-ss"]


def test_without_a_secret_all_bytes_pass() -> None:
    assert fed(b"", [b"sk-", b"ssk-a"]) == [b"sk-", b"ssk-a", b""]
