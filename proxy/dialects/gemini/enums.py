"""Enums on the wire: names, or integers with `?$alt=json;enum-encoding=int`.

The numbers are those of google.ai.generativelanguage.v1beta. Vertex numbers some of its finish
reasons differently, so only numbers that mean the same on both are named here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proxy.dialects import reading

MODES = ("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED")
MODALITIES = ("MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO")
TYPES = (
    "TYPE_UNSPECIFIED",
    "STRING",
    "NUMBER",
    "INTEGER",
    "BOOLEAN",
    "ARRAY",
    "OBJECT",
    "NULL",
)
LANGUAGES = ("LANGUAGE_UNSPECIFIED", "PYTHON")
OUTCOMES = ("OUTCOME_UNSPECIFIED", "OUTCOME_OK", "OUTCOME_FAILED", "OUTCOME_DEADLINE_EXCEEDED")
BLOCKS = ("BLOCK_REASON_UNSPECIFIED", "SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT")
FINISHES = ("FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER")


def word(value: Any, path: str) -> str | int:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise reading.wrong(path, "an enum name")


def name(value: str | int, names: Sequence[str]) -> str:
    """The name, or the number as text when it has none here."""
    if isinstance(value, int):
        return names[value] if 0 <= value < len(names) else str(value)
    return value
