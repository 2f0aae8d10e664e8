"""Ids and names that the gateway gives."""

from __future__ import annotations

import pytest

from proxy.dialects.openai_chat.ids import Ids, minted
from proxy.dialects.openai_chat.naming import answer_id
from proxy.ir import Role, Start, ToolCall, ToolResult, Turn


def test_a_call_keeps_its_id_and_others_get_free_ones() -> None:
    calls = (ToolCall("call_0", "f"), ToolCall("", "g"), ToolCall("", "h"))
    ids = Ids([Turn(Role.MODEL, calls)])
    assert [ids.asked(call) for call in calls] == ["call_0", "call_1", "call_2"]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (ToolResult("b", ()), "b"),
        (ToolResult("", (), name="g"), "b"),
        (ToolResult("", ()), "a"),
        (ToolResult("z", ()), "z"),
        (ToolResult("", (), name="z"), "call_0"),
    ],
    ids=["id", "name", "oldest", "unknown-id", "unknown-name"],
)
def test_a_result_finds_its_call(result: ToolResult, expected: str) -> None:
    ids = Ids(())
    for call in (ToolCall("a", "f"), ToolCall("b", "g")):
        ids.asked(call)
    assert ids.answered(result) == expected


def test_a_minted_id_differs_between_answers_and_calls() -> None:
    found = {minted(answer, number) for answer in ("a", "b") for number in (0, 1)}
    assert len(found) == 4
    assert minted("a", 0) in found


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (Start("abc", "m"), "chatcmpl-abc"),
        (Start("chatcmpl-abc", "m"), "chatcmpl-abc"),
        (Start("", "m", 7), "chatcmpl-7"),
    ],
)
def test_an_answers_id_begins_as_openais(start: Start, expected: str) -> None:
    assert answer_id(start) == expected
