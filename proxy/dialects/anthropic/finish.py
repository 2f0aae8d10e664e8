"""Why an answer ended, in both directions."""

from __future__ import annotations

from typing import assert_never

from proxy.ir import FinishReason

_REASONS = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "tool_use": FinishReason.TOOL_CALLS,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "pause_turn": FinishReason.PAUSED,
    "refusal": FinishReason.REFUSED,
}


def read(raw: str, *, called: bool) -> FinishReason:
    """`raw` is "" where the upstream gave no reason for an answer that it did complete."""
    reason = _REASONS.get(raw, FinishReason.OTHER) if raw else FinishReason.STOP
    return FinishReason.TOOL_CALLS if called and reason is FinishReason.STOP else reason


def write(reason: FinishReason, raw: str, *, called: bool, native: bool = False) -> str:
    """Anthropic's word: the raw one if it is Anthropic's and agrees, else the closest.

    `native`: Anthropic said it, also if we do not know the word yet.
    """
    if _REASONS.get(raw) is reason or (native and raw and raw not in _REASONS):
        return raw
    match reason:
        case FinishReason.LENGTH:
            return "max_tokens"
        case FinishReason.FILTERED | FinishReason.REFUSED:
            return "refusal"
        case FinishReason.PAUSED:
            return "pause_turn"
        case FinishReason.STOP | FinishReason.TOOL_CALLS | FinishReason.OTHER:
            return "tool_use" if called else "end_turn"
        case other:
            assert_never(other)
