"""Why an answer ended, in both directions."""

from __future__ import annotations

from typing import assert_never

from proxy.ir import FinishReason

_STOP = FinishReason.STOP
_REASONS = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "tool_use": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
    "content_filter": FinishReason.FILTERED,
    "sensitive": FinishReason.FILTERED,
    "refusal": FinishReason.REFUSED,
    "pause_turn": FinishReason.PAUSED,
}


def read(raw: str, *, called: bool, refused: bool) -> FinishReason:
    """`raw` is "" where the upstream gave no reason for an answer that it did complete.

    `called`: the model made tool calls. A forced call ends with "stop" on the wire, and a refusal
    does, too: what was said counts more than the word.
    """
    reason = _REASONS.get(raw, FinishReason.OTHER) if raw else _STOP
    if reason is _STOP and called:
        return FinishReason.TOOL_CALLS
    if reason is _STOP and refused:
        return FinishReason.REFUSED
    return reason


def write(reason: FinishReason, *, called: bool, refused: bool) -> str:
    """Chat knows stop, length, tool_calls and content_filter.

    A refusal in words ends with "stop", as OpenAI's own do; one without words is a filter's.
    A paused turn (Anthropic) and what has no name in Chat end with "stop", too.
    """
    match reason:
        case FinishReason.STOP | FinishReason.TOOL_CALLS | FinishReason.PAUSED | FinishReason.OTHER:
            return "tool_calls" if called else "stop"
        case FinishReason.LENGTH:
            return "length"
        case FinishReason.FILTERED:
            return "content_filter"
        case FinishReason.REFUSED:
            return "stop" if refused else "content_filter"
        case other:
            assert_never(other)
