"""Codex (facts: what version 0.169 sends and needs), through this dialect to others and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from proxy.dialects.gemini import CODEC as GEMINI
from proxy.dialects.openai_chat import CODEC as CHAT
from proxy.dialects.openai_responses import CODEC
from proxy.ir import (
    Close,
    Delta,
    Dialect,
    Event,
    Finish,
    FinishReason,
    Open,
    Role,
    Signature,
    Start,
    Thinking,
    ToolCall,
    ToolResult,
    Usage,
)
from tests.proxy.dialects.openai_responses.streams import shown, written

CORPUS = Path(__file__).parents[3] / "corpus" / "openai_responses"
ASKED = json.loads((CORPUS / "codex.request.json").read_text())
SIGNED = Signature(Dialect.GEMINI, "c2lnbmVk")
PATCH = "*** Begin Patch\n*** End Patch\n"
ANSWER: list[Event] = [
    Start("gemini-answer", "gemini-3-pro", 1700000000),
    Open(0, Thinking("")),
    Delta(0, "I need a patch"),
    Close(0),
    Open(1, ToolCall("call_9", "apply_patch", "", signature=SIGNED)),
    Delta(1, json.dumps({"input": PATCH})[:9]),
    Delta(1, json.dumps({"input": PATCH})[9:]),
    Close(1),
    Open(2, ToolCall("call_10", "shell_command")),
    Delta(2, '{"command":"ls"}'),
    Close(2),
    Usage(100, 20, 50, 10),
    Finish(FinishReason.TOOL_CALLS, "STOP"),
]


def items() -> list[dict[str, Any]]:
    """What Codex reads of the answer: every item when it is done."""
    wire = shown(written(ANSWER, CODEC.parse_request(ASKED)))
    return [each["item"] for each in wire if each["type"] == "response.output_item.done"]


def test_its_request_is_written_as_it_came() -> None:
    rendered = CODEC.render_request(CODEC.parse_request(ASKED))
    assert rendered.body == ASKED
    assert rendered.losses == []


def test_parallel_calls_are_one_turn_of_the_model() -> None:
    turns = CODEC.parse_request(ASKED).turns
    model = [turn for turn in turns if turn.role is Role.MODEL]
    assert [len([p for p in turn.parts if isinstance(p, ToolCall)]) for turn in model] == [2, 1]
    results = [turn for turn in turns if any(isinstance(p, ToolResult) for p in turn.parts)]
    assert [len([p for p in turn.parts if isinstance(p, ToolResult)]) for turn in results] == [2, 1]


@pytest.mark.parametrize("codec", [CHAT, GEMINI], ids=["chat", "gemini"])
def test_every_upstream_takes_its_request(codec: Any) -> None:
    rendered = codec.render_request(CODEC.parse_request(ASKED))
    lost = {loss.field for loss in rendered.losses}
    assert {"prompt_cache_key", "client_metadata", "tool_search", "verbosity"} <= lost
    assert not lost & {"id", "status", "phase", "store", "include", "input", "call_id"}


def test_chat_gets_calls_and_results_in_pairs() -> None:
    body = CHAT.render_request(CODEC.parse_request(ASKED)).body
    roles = [message["role"] for message in body["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "tool", "assistant", "tool", "user"]
    first, second = (m for m in body["messages"] if m["role"] == "assistant")
    assert [call["id"] for call in first["tool_calls"]] == ["call_1", "call_2"]
    assert second["tool_calls"][0]["custom"]["name"] == "apply_patch"


def test_a_function_of_the_upstream_is_the_custom_tool_that_was_declared() -> None:
    custom = items()[2]
    assert custom["type"] == "custom_tool_call"
    assert (custom["call_id"], custom["name"], custom["input"]) == ("call_9", "apply_patch", PATCH)


def test_every_item_is_told_when_it_is_done() -> None:
    kinds = [item["type"] for item in items()]
    assert kinds == ["reasoning", "reasoning", "custom_tool_call", "function_call"]
    last = shown(written(ANSWER, CODEC.parse_request(ASKED)))[-1]
    assert last["type"] == "response.completed"
    assert last["response"]["output"] == items()
    assert last["response"]["id"].startswith("resp_")
    assert last["response"]["usage"]["total_tokens"] == 120


def test_geminis_proof_comes_back_with_its_call() -> None:
    history = [*ASKED["input"], *items()]
    request = CODEC.parse_request(ASKED | {"input": history})
    call, other = request.turns[-1].parts[-2:]
    assert isinstance(call, ToolCall)
    assert isinstance(other, ToolCall)
    assert (call.signature, other.signature) == (SIGNED, None)
    contents = GEMINI.render_request(request).body["contents"]
    signed = [part for part in contents[-1]["parts"] if "thoughtSignature" in part]
    assert [part["functionCall"]["args"] for part in signed] == [{"input": PATCH}]


def test_openai_never_sees_the_proofs_of_others() -> None:
    request = CODEC.parse_request(ASKED | {"input": [*ASKED["input"], *items()]})
    rendered = CODEC.render_request(request)
    kinds = [item["type"] for item in rendered.body["input"][-3:]]
    assert kinds == ["message", "custom_tool_call", "function_call"]
    assert "potluck" not in json.dumps(rendered.body)
    assert {loss.field for loss in rendered.losses} == {"thinking", "signature"}
