"""Sizes as people read them."""

from __future__ import annotations

import pytest

from proxy.sizes import said


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 byte"),
        (1000, "1000 bytes"),
        (1024, "1 KiB"),
        (1500, "1500 bytes"),
        (32 * 2**20, "32 MiB"),
        (3 * 2**19, "1.5 MiB"),
    ],
)
def test_a_size_is_told_in_the_unit_that_fits(size: int, words: str) -> None:
    assert said(size) == words
