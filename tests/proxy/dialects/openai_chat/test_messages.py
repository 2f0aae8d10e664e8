"""Messages become turns: parallel fields folded in order."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import messages, turns
from proxy.ir import (
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

CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def read(message: dict[str, Any]) -> Turn:
    (turn,) = messages.parse({"messages": [message]})
    return turn


def bare(turn: Turn) -> list[tuple[type, str]]:
    """Type and text of each part."""
    return [(type(part), getattr(part, "text", "")) for part in turn.parts]


@pytest.mark.parametrize(
    ("role", "expected"),
    [("system", Role.SYSTEM), ("developer", Role.SYSTEM), ("user", Role.USER)],
)
def test_a_spoken_message_is_a_turn(role: str, expected: Role) -> None:
    turn = read({"role": role, "content": "hi"})
    assert turn.role is expected
    assert turn.parts == (Text("hi"),)


def test_an_assistants_fields_are_folded_in_order() -> None:
    turn = read(
        {
            "role": "assistant",
            "tool_calls": [CALL],
            "refusal": "no",
            "content": [{"type": "text", "text": "a"}],
            "reasoning_content": "hm",
        }
    )
    assert bare(turn) == [(Thinking, "hm"), (Text, "a"), (Refusal, "no"), (ToolCall, "")]
    assert turn.parts[-1] == ToolCall("c1", "f", "{}")


def test_reasoning_said_twice_is_one_thought() -> None:
    turn = read({"role": "assistant", "reasoning": "hm", "reasoning_content": "hm"})
    assert bare(turn) == [(Thinking, "hm")]


def test_reasoning_details_are_a_thought_with_its_proof() -> None:
    detail = {
        "type": "reasoning.text",
        "text": "hm",
        "signature": "c2ln",
        "format": "anthropic-claude-v1",
    }
    (thought,) = read({"role": "assistant", "reasoning_details": [detail]}).parts
    assert isinstance(thought, Thinking)
    assert thought.text == "hm"
    assert thought.signature == Signature(Dialect.ANTHROPIC, "c2ln")


def test_a_tool_message_is_a_result() -> None:
    turn = read({"role": "tool", "tool_call_id": "c1", "content": "42"})
    assert turn.role is Role.USER
    assert turn.parts == (ToolResult("c1", (Text("42"),)),)


def test_a_function_message_is_a_result_by_name() -> None:
    turn = read({"role": "function", "name": "f", "content": "42"})
    assert turn.parts == (ToolResult("", (Text("42"),), name="f"),)


def test_an_empty_assistant_says_nothing() -> None:
    assert read({"role": "assistant", "content": ""}).parts == ()


def test_a_file_by_id_is_only_openais() -> None:
    (part,) = read(
        {"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}
    ).parts
    assert isinstance(part, Foreign)


def test_pictures_of_the_model_are_media() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}, "index": 0}
    (part,) = read({"role": "assistant", "content": "", "images": [image]}).parts
    assert isinstance(part, Media)
    assert (part.mime_type, part.data) == ("image/png", "aGk=")


SLOT = {"google": {"thought_signature": "Ab-_"}}


def test_a_calls_signature_is_geminis_in_the_standard_alphabet() -> None:
    turn = read({"role": "assistant", "tool_calls": [CALL | {"extra_content": SLOT}]})
    (call,) = turn.parts
    assert isinstance(call, ToolCall)
    assert call.signature == Signature(Dialect.GEMINI, "Ab+/")


def test_a_messages_signature_goes_to_its_first_call() -> None:
    turn = read({"role": "assistant", "tool_calls": [CALL, CALL], "extra_content": SLOT})
    signatures = [part.signature for part in turn.parts if isinstance(part, ToolCall)]
    assert signatures == [Signature(Dialect.GEMINI, "Ab+/"), None]


def test_a_messages_signature_goes_to_its_text_without_calls() -> None:
    (part,) = read({"role": "assistant", "content": "hi", "extra_content": SLOT}).parts
    assert isinstance(part, Text)
    assert part.signature == Signature(Dialect.GEMINI, "Ab+/")


def test_googles_word_for_no_signature_is_no_base64() -> None:
    slot = {"google": {"thought_signature": "skip_thought_signature_validator"}}
    (call,) = read({"role": "assistant", "tool_calls": [CALL | {"extra_content": slot}]}).parts
    assert isinstance(call, ToolCall)
    assert call.signature == Signature(Dialect.GEMINI, "skip_thought_signature_validator")


def test_a_signature_only_beside_the_slot_is_one() -> None:
    said = {"role": "assistant", "content": "hi", "thought_signature": "Ab-_"}
    turn = read(said)
    (part,) = turn.parts
    assert isinstance(part, Text)
    assert part.signature == Signature(Dialect.GEMINI, "Ab+/")
    assert turns.render([turn], []) == [said]


def test_what_is_no_signature_stays_the_messages_own() -> None:
    turn = read({"role": "assistant", "content": "hi", "thought_signature": "a b"})
    assert turn.opaque is not None
    assert turn.opaque.data == {"thought_signature": "a b"}
