"""How often a property is tried: a few dozen times in the suite, more where time does not matter
(`THOROUGH=1 make test`)."""

from __future__ import annotations

import os

THOROUGH = bool(os.environ.get("THOROUGH"))


def often(count: int) -> int:
    """`count` times, or a fifth of it."""
    return count if THOROUGH else max(count // 5, 20)
