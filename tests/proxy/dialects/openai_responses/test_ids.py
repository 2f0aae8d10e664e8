from __future__ import annotations

from proxy.dialects.openai_responses.ids import Ids, answer_id, stem
from proxy.ir import Role, Start, ToolCall, ToolResult, Turn


def test_an_answer_keeps_a_name_of_this_dialect() -> None:
    assert answer_id(Start("resp_1", "m")) == "resp_1"
    assert answer_id(Start("abc", "m")).startswith("resp_")


def test_names_are_short_and_the_same_each_time() -> None:
    assert stem(Start("x" * 999, "m")) == stem(Start("x" * 999, "other"))
    assert len(stem(Start("x" * 999, "m"))) == 32
    assert stem(Start("", "m", 1)) != stem(Start("", "m", 2))


def test_a_made_id_is_not_one_that_is_there() -> None:
    ids = Ids([Turn(Role.MODEL, (ToolCall("call_0", "f"), ToolCall("", "g", custom=True)))])
    assert ids.asked(ToolCall("", "g", custom=True)) == "call_1"
    assert ids.custom == {"call_1"}
    assert ids.answered(ToolResult("", (), "g")) == "call_1"
    assert ids.answered(ToolResult("", (), "h")) == "call_2"
