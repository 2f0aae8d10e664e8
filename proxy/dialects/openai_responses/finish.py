"""How an answer ended: `status` and `incomplete_details`, in both directions."""

from __future__ import annotations

from typing import assert_never

from proxy.dialects.base import JSON
from proxy.ir import FinishReason

_CUT = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.FILTERED}

COMPLETED, INCOMPLETE = "completed", "incomplete"
_ENDED = (None, COMPLETED, INCOMPLETE)


def ended(response: JSON) -> bool:
    """Whether there is an answer; some services do not say the status of a whole one."""
    return response.get("status") in _ENDED


def read(response: JSON, *, called: bool, refused: bool) -> tuple[FinishReason, str]:
    """The reason and the upstream's own word for it."""
    details = response.get("incomplete_details")
    why = details.get("reason") if isinstance(details, dict) else None
    if response.get("status") == INCOMPLETE:
        raw = why if isinstance(why, str) else INCOMPLETE
        return _CUT.get(raw, FinishReason.OTHER), raw
    if called:
        return FinishReason.TOOL_CALLS, COMPLETED
    return (FinishReason.REFUSED if refused else FinishReason.STOP), COMPLETED


def write(reason: FinishReason, *, refused: bool) -> str | None:
    """The reason of an incomplete answer; None for one that is complete.

    A refusal in words is an answer; one without words is a filter's.
    """
    match reason:
        case FinishReason.STOP | FinishReason.TOOL_CALLS | FinishReason.PAUSED | FinishReason.OTHER:
            return None
        case FinishReason.LENGTH:
            return "max_output_tokens"
        case FinishReason.FILTERED:
            return "content_filter"
        case FinishReason.REFUSED:
            return None if refused else "content_filter"
        case other:
            assert_never(other)
