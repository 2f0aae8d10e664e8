from __future__ import annotations

import pytest

from proxy.dialects.anthropic.fences import block
from proxy.ir import Code, CodeResult


@pytest.mark.parametrize(
    ("part", "more", "expected"),
    [
        (Code("a", "PYTHON"), "", "\n```python\na\n```\n"),
        (Code("a"), "b\n", "\n```python\nab\n```\n"),
        (CodeResult(""), "", "\n```output\n```\n"),
        (CodeResult("```x"), "", "\n````output\n```x\n````\n"),
    ],
)
def test_a_fence_fits_its_text(part: Code | CodeResult, more: str, expected: str) -> None:
    assert block(part, more) == expected
