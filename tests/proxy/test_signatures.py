from __future__ import annotations

from typing import Any, SupportsIndex

import pytest

from proxy.ir import Dialect, Refusal, Signature, Text, Thinking, ToolCall
from proxy.signatures import BYPASS, of, slots, standard

SIGNED = Signature(Dialect.GEMINI, "QUJD")
CALL = ToolCall("c1", "f")
SIGNED_CALL = ToolCall("c2", "f", signature=SIGNED)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("ab-_", "ab+/"), ("ab+/", "ab+/"), (BYPASS, BYPASS), ("", "")],
)
def test_the_alphabet_is_the_standard_one(value: str, expected: str) -> None:
    assert standard(value) == expected


@pytest.mark.parametrize(
    ("parts", "required", "expected"),
    [
        ([CALL, CALL], False, [None, None]),
        ([CALL, CALL], True, [BYPASS, None]),
        ([SIGNED_CALL, CALL], True, ["QUJD", None]),
        ([CALL, SIGNED_CALL], True, [BYPASS, "QUJD"]),
        ([Text("a"), CALL], True, [None, BYPASS]),
        ([Thinking("a", signature=SIGNED), CALL], True, [None, "QUJD"]),
        ([Thinking("a", signature=SIGNED), Thinking("b"), Text("c")], True, [None, None, "QUJD"]),
        ([Thinking("a", signature=SIGNED)], True, ["QUJD"]),
        ([Thinking("a", signature=SIGNED), Refusal("no")], True, ["QUJD", None]),
    ],
    ids=[
        "not asked for", "first call only", "signed", "second signed", "text first",
        "from a thought", "from an earlier thought", "thought alone", "nowhere to go",
    ],
)  # fmt: skip
def test_slots(parts: list[Text], required: bool, expected: list[str | None]) -> None:
    assert slots(parts, required=required) == expected


def test_signatures_of_others_are_not_ours() -> None:
    assert of(Text("a", signature=Signature(Dialect.ANTHROPIC, "x")), Dialect.GEMINI) is None


class Counted(list[Thinking]):
    """A turn that counts how often it is looked into."""

    looks = 0

    def __getitem__(self, at: SupportsIndex | slice) -> Any:
        self.looks += 1
        return super().__getitem__(at)


def test_a_turn_of_nothing_but_signed_thoughts_is_looked_at_once() -> None:
    parts = Counted([Thinking("a", signature=SIGNED)] * 500)
    assert slots(parts) == ["QUJD"] * 500
    assert parts.looks <= 1000
