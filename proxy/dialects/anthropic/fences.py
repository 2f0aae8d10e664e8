"""Code that the upstream ran itself, shown as fenced Markdown.

Anthropic's own blocks for it (`server_tool_use` and its results) are proofs of its own sandbox, so
those of others cannot be written as such. Code becomes a block of its language, its output a
block named `output`.
"""

from __future__ import annotations

import re

from proxy.ir import Code, CodeResult

_TICKS = re.compile(r"`{3,}")


def block(part: Code | CodeResult, more: str = "") -> str:
    """The block, in a fence that its text cannot close. `more` is what deltas added."""
    if isinstance(part, Code):
        text, label = part.code + more, part.language.lower() or "python"
    else:
        text, label = part.output + more, "output"
    ticks = "`" * max([3, *(len(run) + 1 for run in _TICKS.findall(text))])
    end = "" if text.endswith("\n") or not text else "\n"
    return f"\n{ticks}{label}\n{text}{end}{ticks}\n"
