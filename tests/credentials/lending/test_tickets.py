"""Tokens of receipts, codes of invites, and their digests."""

from __future__ import annotations

import re

import pytest

from credentials.lending import tickets

PEPPER = b"pepper"


def test_a_token_is_fit_for_a_link() -> None:
    first, second = tickets.token(), tickets.token()
    assert first != second
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first)


def test_a_digest_needs_the_pepper_and_tells_no_token() -> None:
    token = tickets.token()
    found = tickets.of_token(token, PEPPER)
    assert found == tickets.of_token(token, PEPPER) != tickets.of_token(token, b"other")
    assert len(found) == 64
    assert token not in found


@pytest.mark.parametrize(
    "text", ["", "x" * 42, "x" * 10**6, "é" * 43, "a" * 42 + "\n", "\ud800" * 43]
)
def test_what_is_no_token_has_the_digest_of_none(text: str) -> None:
    assert tickets.of_token(text, PEPPER) == tickets.of_token("", PEPPER)


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "bare"])
def test_a_code_may_be_typed_as_one_likes(typed: str) -> None:
    code = tickets.code()
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{5}(-[2-9A-HJ-NP-Z]{5}){3}", code)
    text = {"lower": code.lower(), "bare": code.replace("-", "")}.get(typed, typed.format(code))
    assert tickets.of_code(text, PEPPER) == tickets.of_code(code, PEPPER)


def test_a_code_is_no_token() -> None:
    assert tickets.of_code("", PEPPER) != tickets.of_token("", PEPPER)
    assert tickets.of_code("A" * 20, PEPPER) != tickets.of_code("", PEPPER)
    assert tickets.of_code("A" * 19, PEPPER) == tickets.of_code("", PEPPER)
