"""Names that the answer gives itself."""

from __future__ import annotations

from proxy.ir import Start

_PREFIX = "chatcmpl-"


def answer_id(start: Start) -> str:
    """OpenAI's ids begin with `chatcmpl-`, and some clients look for it."""
    name = start.id or str(start.created)
    return name if name.startswith(_PREFIX) else _PREFIX + name
