"""Code blocks."""

from __future__ import annotations

from proxy.dialects.openai_chat import fences
from proxy.ir import Code, CodeResult


def test_code_is_a_block_of_its_language() -> None:
    assert fences.block(Code("x", "PYTHON")) == "\n```python\nx\n```\n"
    assert fences.block(Code("x\n")) == "\n```python\nx\n```\n"


def test_output_is_a_block_of_its_own() -> None:
    assert fences.whole(CodeResult("a"), "b") == "\n```output\nab\n```\n"
    assert fences.block(CodeResult("")) == "\n```output\n```\n"


def test_the_text_cannot_close_its_fence() -> None:
    assert fences.block(Code("````")) == "\n`````python\n````\n`````\n"
