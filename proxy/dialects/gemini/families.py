"""What differs between the generations of Gemini models, read from the name once.

Source: https://ai.google.dev/gemini-api/docs/thinking (budget ranges).
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache

from proxy.ir import Value


class Thinks(enum.StrEnum):
    NOT = "not"
    BUDGET = "budget"
    LEVEL = "level"


class Family(Value, frozen=True):
    """`least`/`most` bound a thinking budget, `off`: may it be 0. `third`: Gemini 3 or later,
    which demands signatures, gives call ids, and takes media inside tool results."""

    thinks: Thinks = Thinks.NOT
    least: int = 0
    most: int = 0
    off: bool = False
    levels: tuple[str, ...] = ()
    third: bool = False


PLAIN = Family()
PRO_2_5 = Family(thinks=Thinks.BUDGET, least=128, most=32768)
FLASH_2_5 = Family(thinks=Thinks.BUDGET, least=1, most=24576, off=True)
LITE_2_5 = Family(thinks=Thinks.BUDGET, least=512, most=24576, off=True)
PRO_3 = Family(thinks=Thinks.LEVEL, levels=("low", "high"), third=True)
FLASH_3 = Family(thinks=Thinks.LEVEL, levels=("minimal", "low", "medium", "high"), third=True)
IMAGE_3 = Family(third=True)

_NAME = re.compile(r"gemini-(\d+)(?:\.(\d+))?-(.+)")
_LATEST = re.compile(r"gemini-(pro|flash|flash-lite)-latest")
_SILENT = re.compile(r"(image|tts|live|audio|embedding|computer-use)")


@lru_cache(maxsize=1024)
def family(model: str) -> Family:
    """The family of a model name, with or without `models/` or a Vertex path before it."""
    name = model.rpartition("/")[2].lower()
    latest = _LATEST.match(name)
    if latest:
        return PRO_3 if latest[1] == "pro" else FLASH_3
    found = _NAME.match(name)
    if not found:
        return PLAIN
    version, kind = (int(found[1]), int(found[2] or 0)), found[3]
    if version >= (3, 0):
        return _third(kind)
    return _second(kind) if version >= (2, 5) else PLAIN


def _third(kind: str) -> Family:
    if _SILENT.search(kind):
        return IMAGE_3
    return PRO_3 if kind.startswith("pro") else FLASH_3


def _second(kind: str) -> Family:
    if _SILENT.search(kind):
        return PLAIN
    if kind.startswith("pro"):
        return PRO_2_5
    return LITE_2_5 if kind.startswith("flash-lite") else FLASH_2_5
