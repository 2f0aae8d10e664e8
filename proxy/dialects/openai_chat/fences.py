"""Code that the upstream ran itself, shown as fenced Markdown: Chat has no part for it.

Code becomes a block of its language, its output a block named `output`:

    ```python
    print(1)
    ```

    ```output
    1
    ```
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from proxy.ir import Code, CodeResult

_TICKS = re.compile(r"`{3,}")


def block(part: Code | CodeResult) -> str:
    """The block with a line feed before and after it, in a fence that its text cannot close."""
    if isinstance(part, Code):
        text, label = part.code, part.language.lower() or "python"
    else:
        text, label = part.output, "output"
    ticks = "`" * max([3, *(len(run) + 1 for run in _TICKS.findall(text))])
    end = "" if text.endswith("\n") or not text else "\n"
    return f"\n{ticks}{label}\n{text}{end}{ticks}\n"


def whole(part: Code | CodeResult, more: str) -> str:
    """The block of a part whose deltas added `more`."""
    if isinstance(part, Code):
        return block(replace(part, code=part.code + more))
    return block(replace(part, output=part.output + more))
