"""Cutting text into tokens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.simulator import tokens


@given(st.text())
def test_nothing_is_lost(text: str) -> None:
    pieces = tokens.split(text)
    assert "".join(pieces) == text
    assert tokens.count(text) == len(pieces)


@given(st.text(min_size=1))
def test_every_token_has_a_probability(token: str) -> None:
    assert -1 < tokens.logprob(token) < 0
