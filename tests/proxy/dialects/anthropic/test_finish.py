from __future__ import annotations

import pytest

from proxy.dialects.anthropic import finish
from proxy.ir import FinishReason


@pytest.mark.parametrize(
    ("raw", "called", "expected"),
    [
        ("end_turn", False, FinishReason.STOP),
        ("stop_sequence", False, FinishReason.STOP),
        ("end_turn", True, FinishReason.TOOL_CALLS),
        ("tool_use", True, FinishReason.TOOL_CALLS),
        ("max_tokens", True, FinishReason.LENGTH),
        ("model_context_window_exceeded", False, FinishReason.LENGTH),
        ("pause_turn", False, FinishReason.PAUSED),
        ("refusal", False, FinishReason.REFUSED),
        ("something_new", False, FinishReason.OTHER),
        ("", False, FinishReason.STOP),
    ],
)
def test_a_word_is_read(raw: str, called: bool, expected: FinishReason) -> None:
    assert finish.read(raw, called=called) is expected


@pytest.mark.parametrize("called", [False, True])
@pytest.mark.parametrize("reason", FinishReason)
def test_every_reason_has_a_word_of_anthropics(reason: FinishReason, called: bool) -> None:
    word = finish.write(reason, "STOP", called=called)
    assert finish.read(word, called=called) is not FinishReason.OTHER


@pytest.mark.parametrize(
    ("reason", "raw", "native", "expected"),
    [
        (FinishReason.STOP, "stop_sequence", False, "stop_sequence"),
        (FinishReason.PAUSED, "pause_turn", False, "pause_turn"),
        (FinishReason.OTHER, "something_new", True, "something_new"),
        (FinishReason.OTHER, "RECITATION", False, "end_turn"),
        (FinishReason.FILTERED, "SAFETY", False, "refusal"),
    ],
)
def test_a_word_of_anthropics_is_kept(
    reason: FinishReason, raw: str, native: bool, expected: str
) -> None:
    assert finish.write(reason, raw, called=False, native=native) == expected
