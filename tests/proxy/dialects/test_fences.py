"""Code blocks."""

from __future__ import annotations

import pytest

from proxy.dialects.fences import block
from proxy.ir import Code, CodeResult


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Code("x = 1"), "\n```python\nx = 1\n```\n"),
        (Code("x", "PYTHON"), "\n```python\nx\n```\n"),
        (Code("x\n"), "\n```python\nx\n```\n"),
        (CodeResult("1\n"), "\n```output\n1\n```\n"),
        (CodeResult(""), "\n```output\n```\n"),
    ],
    ids=["no language", "language", "ends its line", "output", "no output"],
)
def test_a_block_says_what_it_holds(part: Code | CodeResult, expected: str) -> None:
    assert block(part) == expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Code("a"), "\n```python\nab\n```\n"),
        (CodeResult("a"), "\n```output\nab\n```\n"),
        (Code(""), "\n```python\nb\n```\n"),
    ],
    ids=["code", "output", "all in deltas"],
)
def test_what_deltas_added_is_in_it(part: Code | CodeResult, expected: str) -> None:
    assert block(part, "b") == block(part, "b\n") == expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Code("```", "Markdown"), "\n````markdown\n```\n````\n"),
        (Code("````"), "\n`````python\n````\n`````\n"),
        (CodeResult("```x"), "\n````output\n```x\n````\n"),
    ],
    ids=["three", "four", "output"],
)
def test_the_text_cannot_close_its_fence(part: Code | CodeResult, expected: str) -> None:
    assert block(part) == expected
