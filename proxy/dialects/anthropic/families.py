"""What differs between the generations of Claude models, read from the name once.

Sources: https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking (which models take
`enabled`, `adaptive` and `disabled`), .../effort, the 4.7 migration guide (no sampling), and the
errors of 4.1 and later ("`temperature` and `top_p` cannot both be specified for this model").
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache

from proxy.ir import Value


class Thinks(enum.StrEnum):
    """How thinking is asked for: not at all, with a token budget, or as the model likes."""

    NOT = "not"
    BUDGET = "budget"
    ADAPTIVE = "adaptive"


class Off(enum.StrEnum):
    """How thinking is turned off: by saying so, by saying nothing, or never."""

    SAID = "said"
    UNSAID = "unsaid"
    NEVER = "never"


class Family(Value, frozen=True):
    """`efforts`: what `output_config.effort` may be. `samples`: takes `temperature` and the like.
    `strict`: takes `strict` on tools. `limit`: the default `max_tokens`, which Anthropic makes
    every client say; all but the first models give at least 8192."""

    thinks: Thinks = Thinks.NOT
    off: Off = Off.UNSAID
    efforts: tuple[str, ...] = ()
    samples: bool = True
    strict: bool = False
    limit: int = 8192


OLDEST = Family(limit=4096)
SILENT = Family()
BUDGETED = Family(thinks=Thinks.BUDGET, off=Off.SAID)
STRICT = Family(thinks=Thinks.BUDGET, off=Off.SAID, strict=True)
_LEVELS = ("low", "medium", "high", "max")
ADAPTIVE = Family(thinks=Thinks.ADAPTIVE, off=Off.SAID, efforts=_LEVELS, strict=True)
_ALL = ("low", "medium", "high", "xhigh", "max")
OPUS_4_7 = Family(thinks=Thinks.ADAPTIVE, off=Off.UNSAID, efforts=_ALL, samples=False, strict=True)
FIFTH = Family(thinks=Thinks.ADAPTIVE, off=Off.SAID, efforts=_ALL, samples=False, strict=True)
ALWAYS = Family(thinks=Thinks.ADAPTIVE, off=Off.NEVER, efforts=_ALL, samples=False, strict=True)

# A version has one or two digits; eight are a date.
_OLD = re.compile(r"claude-(\d)(?:-(\d))?-(?:opus|sonnet|haiku)")
_NEW = re.compile(r"claude-([a-z]+)-(\d{1,2})(?:-(\d{1,2})(?!\d))?")
_ANCIENT = re.compile(r"claude-(?:instant|v?[12](?:\.|$|-))")


@lru_cache(maxsize=1024)
def family(model: str) -> Family:
    """The family of a model name, also with a region or a vendor's path before it. A name that
    is not understood is taken for a new model."""
    name = model.lower()
    name = name[max(name.find("claude-"), 0) :].replace(".", "-")
    if _ANCIENT.match(name):
        return OLDEST
    if found := _OLD.match(name):
        version = (int(found[1]), int(found[2] or 0))
        return BUDGETED if version >= (3, 7) else SILENT if version >= (3, 5) else OLDEST
    if found := _NEW.match(name):
        return _numbered(found[1], (int(found[2]), int(found[3] or 0)))
    return ALWAYS if "mythos" in name else FIFTH


def _numbered(kind: str, version: tuple[int, int]) -> Family:
    if kind not in ("opus", "sonnet", "haiku"):
        return ALWAYS
    if version >= (5, 0):
        return FIFTH
    if version >= (4, 7):
        return OPUS_4_7
    if version >= (4, 6):
        return ADAPTIVE
    return STRICT if version >= (4, 5) else BUDGETED
