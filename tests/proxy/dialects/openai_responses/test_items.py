"""The input of a request as turns."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_responses import CODEC, items
from proxy.ir import (
    Code,
    CodeResult,
    Dialect,
    Foreign,
    Media,
    Refusal,
    Role,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)


def turns(*input: Any, **more: Any) -> tuple[Turn, ...]:
    body = {"model": "m", "input": list(input), **more}
    assert CODEC.render_request(CODEC.parse_request(body)).body == body
    return items.parse(body)


def said(*input: Any) -> list[tuple[Role, list[str]]]:
    return [(turn.role, [type(part).__name__ for part in turn.parts]) for turn in turns(*input)]


def message(role: str, text: str = "hi") -> dict[str, Any]:
    return {"role": role, "content": text}


def call(id: str) -> dict[str, Any]:
    return {"type": "function_call", "call_id": id, "name": "f", "arguments": "{}"}


def result(id: str) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": id, "output": "ok"}


THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": []}
UNKNOWN = {"type": "tool_search_call", "id": "tsc_1"}


@pytest.mark.parametrize(
    ("input", "expected"),
    [
        ([message("user"), message("user")], ["user: Text", "user: Text"]),
        ([message("system"), message("developer")], ["system: Text", "system: Text"]),
        (
            [THOUGHT, call("a"), call("b"), result("a"), result("b"), message("user")],
            ["model: Thinking ToolCall ToolCall", "user: ToolResult ToolResult", "user: Text"],
        ),
        ([message("assistant"), call("a")], ["model: Text ToolCall"]),
        ([message("assistant"), message("assistant")], ["model: Text", "model: Text"]),
        ([call("a"), message("assistant"), call("b")], ["model: ToolCall Text ToolCall"]),
        ([UNKNOWN, message("user")], ["user: Foreign Text"]),
        ([message("user"), UNKNOWN, call("a")], ["user: Text Foreign", "model: ToolCall"]),
        (
            [call("a"), result("a"), UNKNOWN, result("b"), UNKNOWN, call("b")],
            [
                "model: ToolCall",
                "user: ToolResult Foreign ToolResult",
                "model: Foreign ToolCall",
            ],
        ),
        ([result("a"), UNKNOWN], ["user: ToolResult", "user: Foreign"]),
        ([UNKNOWN], ["user: Foreign"]),
        (
            [UNKNOWN, {"role": "assistant", "content": []}, UNKNOWN],
            ["user: Foreign", "model: ", "user: Foreign"],
        ),
    ],
)
def test_what_belongs_together_is_one_turn(input: Any, expected: list[str]) -> None:
    assert [f"{role}: {' '.join(parts)}" for role, parts in said(*input)] == expected


def test_instructions_come_first() -> None:
    first, second = turns(message("user"), instructions="be brief")
    assert (first.role, first.parts) == (Role.SYSTEM, (Text("be brief"),))
    assert second.role is Role.USER


def test_a_string_is_what_the_user_says() -> None:
    (turn,) = items.parse({"input": "hi"})
    assert (turn.role, turn.parts) == (Role.USER, (Text("hi"),))


def test_the_parts_of_a_message_stay_in_order() -> None:
    content = [
        {"type": "output_text", "text": "a", "annotations": []},
        {"type": "refusal", "refusal": "no"},
        {"type": "vendor", "x": 1},
    ]
    (turn,) = turns({"type": "message", "role": "assistant", "id": "msg_1", "content": content})
    assert [type(part) for part in turn.parts] == [Text, Refusal, Foreign]


def test_ids_states_and_phases_are_no_losses() -> None:
    spelt = {"type": "message", "id": "msg_1", "status": "completed", "phase": "commentary"}
    (turn,) = turns({**message("assistant"), **spelt, "vendor": 1})
    assert turn.opaque is not None
    assert turn.opaque.data == {"vendor": 1}
    assert turn.parts[0].opaque is not None
    assert turn.parts[0].opaque.data == {}


def test_reasoning_is_a_thought_with_its_proof() -> None:
    summary = [{"type": "summary_text", "text": "one"}, {"type": "summary_text", "text": "two"}]
    (turn,) = turns(THOUGHT | {"summary": summary, "content": None, "encrypted_content": "gAAA"})
    (part,) = turn.parts
    assert isinstance(part, Thinking)
    assert part.text == "one\n\ntwo"
    assert part.signature == Signature(Dialect.OPENAI_RESPONSES, "gAAA")


def test_custom_calls_take_text() -> None:
    item = {"type": "custom_tool_call", "call_id": "c", "name": "f", "input": "free"}
    (turn,) = turns(item)
    (part,) = turn.parts
    assert isinstance(part, ToolCall)
    assert (part.custom, part.arguments) == (True, "free")


def test_a_result_may_hold_pictures() -> None:
    picture = {"type": "input_image", "image_url": "data:image/png;base64,aGk="}
    output = [{"type": "input_text", "text": "see"}, picture]
    (turn,) = turns({**result("a"), "output": output, "name": "f", "id": "fco_1"})
    (part,) = turn.parts
    assert isinstance(part, ToolResult)
    assert (part.name, [type(each) for each in part.parts]) == ("f", [Text, Media])


def test_code_that_ran_and_pictures_are_the_models() -> None:
    logs = [{"type": "logs", "logs": "1"}]
    ran = {"type": "code_interpreter_call", "id": "ci_1", "code": "print(1)", "outputs": logs}
    drawn = {"type": "image_generation_call", "id": "ig_1", "result": "aGk="}
    (turn,) = turns(ran, drawn)
    assert [type(part) for part in turn.parts] == [Code, CodeResult, Media]
