from __future__ import annotations

from proxy.dialects.openai_responses.fences import block
from proxy.ir import Code, CodeResult


def test_code_is_a_block_of_its_language() -> None:
    assert block(Code("x = 1")) == "\n```python\nx = 1\n```\n"
    assert block(CodeResult("1\n")) == "\n```output\n1\n```\n"


def test_no_code_can_close_its_fence() -> None:
    assert block(Code("```", "Markdown")) == "\n````markdown\n```\n````\n"
