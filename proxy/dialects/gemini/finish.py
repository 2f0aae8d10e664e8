"""Why a candidate ended. A turn with function calls ends with STOP, too: the parts tell."""

from __future__ import annotations

from typing import Any

from proxy.dialects.gemini import enums
from proxy.ir import FinishReason

_STOP, _CALLED = FinishReason.STOP, FinishReason.TOOL_CALLS

_REASONS = {
    "STOP": _STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
    **dict.fromkeys(
        (
            "SAFETY",
            "RECITATION",
            "BLOCKLIST",
            "PROHIBITED_CONTENT",
            "SPII",
            "MODEL_ARMOR",
            "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT",
            "IMAGE_RECITATION",
        ),
        FinishReason.FILTERED,
    ),
    **dict.fromkeys(
        (
            "FINISH_REASON_UNSPECIFIED",
            "OTHER",
            "LANGUAGE",
            "MALFORMED_FUNCTION_CALL",
            "MALFORMED_RESPONSE",
            "MISSING_THOUGHT_SIGNATURE",
            "UNEXPECTED_TOOL_CALL",
            "TOO_MANY_TOOL_CALLS",
            "NO_IMAGE",
            "IMAGE_OTHER",
        ),
        FinishReason.OTHER,
    ),
}

# Google's surfaces number 6 and above differently; these are blocks on both.
_BLOCKS = frozenset({"7", "8"})

_NAMES = {
    FinishReason.STOP: "STOP",
    FinishReason.TOOL_CALLS: "STOP",
    FinishReason.LENGTH: "MAX_TOKENS",
    FinishReason.FILTERED: "SAFETY",
    FinishReason.REFUSED: "SAFETY",
    FinishReason.PAUSED: "OTHER",
    FinishReason.OTHER: "OTHER",
}


def parse(value: Any, *, calls: bool) -> tuple[FinishReason, str]:
    """The reason and the upstream's word; `calls`: did the candidate call functions."""
    known = isinstance(value, str) or type(value) is int
    raw = enums.name(value, enums.FINISHES) if known else str(value)
    reason = _REASONS.get(raw)
    if reason is None:
        reason = FinishReason.FILTERED if raw in _BLOCKS else FinishReason.OTHER
    return (_CALLED if calls and reason is _STOP else reason), raw


def render(reason: FinishReason, raw: str) -> str:
    """Google's word: the raw one if it is Google's and agrees, else the closest."""
    said = _REASONS.get(raw)
    if said is reason or (said is _STOP and reason is _CALLED):
        return raw
    return _NAMES[reason]
