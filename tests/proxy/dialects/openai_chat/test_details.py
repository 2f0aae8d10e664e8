"""Proofs in `reasoning_details` reach the parts that they belong to."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import CODEC, details, messages, turns
from proxy.ir import (
    Dialect,
    Event,
    Finish,
    Part,
    Refusal,
    Request,
    Signature,
    Text,
    Thinking,
    ToolCall,
)
from tests.proxy.dialects.openai_chat.folding import fold
from tests.proxy.dialects.openai_chat.streams import delta, read

GEMINI = Signature(Dialect.GEMINI, "c2ln")
TEXT = {"type": "reasoning.text", "text": "hm", "format": "google-gemini-v1", "index": 0}


def sealed(id: str | None = None) -> dict[str, Any]:
    detail = {"type": "reasoning.encrypted", "data": "c2ln", "format": "google-gemini-v1"}
    return detail if id is None else {**detail, "id": id}


def call(id: str, index: int = 0) -> dict[str, Any]:
    return {"index": index, "id": id, "function": {"name": "f", "arguments": "{}"}}


def signed(events: list[Event]) -> list[str]:
    """The type of each part, with a star if it is signed."""
    return [_named(part) for part in fold(events)["parts"][0]]


def _named(part: Part) -> str:
    star = not isinstance(part, Refusal) and getattr(part, "signature", None) == GEMINI
    return type(part).__name__ + ("*" if star else "")


MESSAGES: list[tuple[dict[str, Any], list[str]]] = [
    ({"tool_calls": [call("a")], "reasoning_details": [sealed("a")]}, ["ToolCall*"]),
    ({"tool_calls": [call("a")], "reasoning_details": [sealed()]}, ["ToolCall*"]),
    (
        {"tool_calls": [call("a"), call("b", 1)], "reasoning_details": [sealed("b")]},
        ["ToolCall", "ToolCall*"],
    ),
    (
        {"tool_calls": [call("a"), call("b", 1)], "reasoning_details": [sealed()]},
        ["ToolCall", "ToolCall"],
    ),
    ({"reasoning": "hm", "content": "hi", "reasoning_details": [sealed()]}, ["Thinking", "Text*"]),
    ({"reasoning": "hm", "reasoning_details": [sealed()]}, ["Thinking*"]),
    ({"content": "hi", "reasoning_details": [sealed(), sealed()]}, ["Text"]),
    ({"tool_calls": [call("a")], "reasoning_details": [sealed("z")]}, ["ToolCall"]),
    (
        {"content": "hi", "reasoning_details": [{**TEXT, "signature": "c2ln"}]},
        ["Thinking*", "Text"],
    ),
]
IDS = ["named", "only", "second", "two", "text", "thought", "twice", "nobody", "readable"]


@pytest.mark.parametrize(("message", "expected"), MESSAGES, ids=IDS)
def test_a_proof_in_an_answer_finds_its_part(message: Any, expected: list[str]) -> None:
    events = CODEC.parse_response({"choices": [{"message": message, "finish_reason": "stop"}]})
    assert signed(events) == expected
    last = events[-1]
    assert isinstance(last, Finish)
    assert last.opaque is not None
    lost = "message.reasoning_details" in last.opaque.data
    assert lost is not any(name.endswith("*") for name in expected)


@pytest.mark.parametrize(("message", "expected"), MESSAGES, ids=IDS)
def test_a_proof_that_the_client_echoes_finds_its_part(message: Any, expected: list[str]) -> None:
    echoed = {"role": "assistant", **message}
    (turn,) = messages.parse({"messages": [echoed]})
    found = [_named(part) for part in turn.parts]
    assert [name for name in found if name in expected] == expected
    assert turns.render([turn], []) == [echoed]


def test_proofs_are_written_back_for_a_client_of_the_same_dialect() -> None:
    message = {"tool_calls": [call("a")], "reasoning_details": [sealed("a")]}
    events = CODEC.parse_response({"choices": [{"message": message}]})
    (choice,) = CODEC.render_response(events, Request(model="m", turns=())).body["choices"]
    assert choice["message"]["reasoning_details"] == [sealed("a")]


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_a_proof_may_come_before_its_call_or_after_it(first: bool) -> None:
    chunks = [delta(reasoning_details=[sealed("a")]), delta(tool_calls=[call("a")])]
    events = read(*(chunks if first else chunks[::-1]), delta(finish="tool_calls"))
    (part,) = fold(events)["parts"][0]
    assert isinstance(part, ToolCall)
    assert part.signature == GEMINI


def test_a_proof_after_the_text_is_the_texts() -> None:
    events = read(delta(reasoning="hm"), delta(content="hi"), delta(reasoning_details=[sealed()]))
    thought, said = fold(events)["parts"][0]
    assert thought == Thinking("hm")
    assert said == Text("hi", GEMINI)


def test_other_makers_blocks_are_no_signatures() -> None:
    block = {"type": "reasoning.encrypted", "data": "x", "format": "anthropic-claude-v1"}
    assert details.sealed(block) is None
    assert details.sealed({**block, "format": "openai-responses-v1"}) is None
    assert details.sealed("x") is None
