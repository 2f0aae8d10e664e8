"""Code that another upstream ran, shown to this one as fenced Markdown.

OpenAI knows code only in containers of its own, so an assistant's message tells it:

    ```python
    print(1)
    ```

    ```output
    1
    ```
"""

from __future__ import annotations

import re

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
