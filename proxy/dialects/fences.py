"""Code that another upstream ran itself, shown as fenced Markdown.

A maker's own parts for it are proofs of its own sandbox (Anthropic's `server_tool_use`), name its
own containers (OpenAI's Responses), or are not there at all (Chat), so the code of others becomes
a block of its language and its output a block named `output`:

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


def block(part: Code | CodeResult, more: str = "") -> str:
    """The block with a line feed before and after it, in a fence that its text cannot close.

    `more` is what deltas added to the part.
    """
    if isinstance(part, Code):
        text, label = part.code + more, part.language.lower() or "python"
    else:
        text, label = part.output + more, "output"
    ticks = "`" * max([3, *(len(run) + 1 for run in _TICKS.findall(text))])
    end = "" if text.endswith("\n") or not text else "\n"
    return f"\n{ticks}{label}\n{text}{end}{ticks}\n"
