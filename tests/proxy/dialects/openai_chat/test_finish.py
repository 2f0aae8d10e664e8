"""Why an answer ended."""

from __future__ import annotations

import pytest

from proxy.dialects.openai_chat import finish
from proxy.ir import FinishReason as R


@pytest.mark.parametrize(
    ("raw", "called", "refused", "expected"),
    [
        ("stop", False, False, R.STOP),
        ("eos", False, False, R.STOP),
        ("", False, False, R.STOP),
        ("", True, False, R.TOOL_CALLS),
        ("stop", True, False, R.TOOL_CALLS),
        ("stop", False, True, R.REFUSED),
        ("length", True, False, R.LENGTH),
        ("content_filter", False, False, R.FILTERED),
        ("brand_new", False, False, R.OTHER),
    ],
)
def test_a_reason_is_read(raw: str, called: bool, refused: bool, expected: R) -> None:
    assert finish.read(raw, called=called, refused=refused) is expected


@pytest.mark.parametrize("reason", R)
@pytest.mark.parametrize("called", [False, True])
def test_every_reason_has_one_of_chats_words(reason: R, called: bool) -> None:
    words = {"stop", "length", "tool_calls", "content_filter"}
    assert finish.write(reason, called=called, refused=False) in words


def test_a_refusal_without_words_is_a_filters() -> None:
    assert finish.write(R.REFUSED, called=False, refused=False) == "content_filter"
    assert finish.write(R.REFUSED, called=False, refused=True) == "stop"
