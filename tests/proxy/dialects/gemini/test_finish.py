from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.gemini import finish
from proxy.ir import FinishReason


@pytest.mark.parametrize(
    ("wire", "calls", "reason", "raw"),
    [
        ("STOP", False, FinishReason.STOP, "STOP"),
        (1, True, FinishReason.TOOL_CALLS, "STOP"),
        (2, False, FinishReason.LENGTH, "MAX_TOKENS"),
        ("MAX_TOKENS", True, FinishReason.LENGTH, "MAX_TOKENS"),
        ("MODEL_ARMOR", False, FinishReason.FILTERED, "MODEL_ARMOR"),
        ("UNEXPECTED_TOOL_CALL", True, FinishReason.OTHER, "UNEXPECTED_TOOL_CALL"),
        (8, False, FinishReason.FILTERED, "8"),
        ("NEW_REASON", False, FinishReason.OTHER, "NEW_REASON"),
        ({}, False, FinishReason.OTHER, "{}"),
    ],
    ids=str,
)
def test_a_reason_is_read(wire: Any, calls: bool, reason: FinishReason, raw: str) -> None:
    assert finish.parse(wire, calls=calls) == (reason, raw)


@pytest.mark.parametrize("reason", FinishReason)
def test_every_reason_has_a_word_of_googles(reason: FinishReason) -> None:
    assert finish.render(reason, "").isupper()


def test_googles_own_word_is_kept_if_it_agrees() -> None:
    assert finish.render(FinishReason.FILTERED, "MODEL_ARMOR") == "MODEL_ARMOR"
    assert finish.render(FinishReason.TOOL_CALLS, "STOP") == "STOP"
    assert finish.render(FinishReason.LENGTH, "STOP") == "MAX_TOKENS"
    assert finish.render(FinishReason.FILTERED, "content_filter") == "SAFETY"
    assert finish.render(FinishReason.FILTERED, "8") == "SAFETY"
