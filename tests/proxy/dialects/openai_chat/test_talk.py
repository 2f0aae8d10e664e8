"""What each event adds: to a delta of a stream (`talk`), to a whole message (`message`)."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.openai_chat.message import Message
from proxy.dialects.openai_chat.talk import Talk
from proxy.ir import (
    Close,
    Code,
    Dialect,
    Finish,
    FinishReason,
    Foreign,
    Media,
    Opaque,
    Open,
    Part,
    Refusal,
    Signature,
    Text,
    ToolCall,
    ToolResult,
)

GEMINI, ANTHROPIC = Signature(Dialect.GEMINI, "c2ln"), Signature(Dialect.ANTHROPIC, "c2ln")
SLOT = {"google": {"thought_signature": "c2ln"}}
OWN = Opaque(Dialect.OPENAI_CHAT, {"vendor": 1, "extra_content": {"v": 2}})


def streamed(part: Part, end: Close, *, legacy: bool = False) -> tuple[list[Any], list[str]]:
    losses: list[Loss] = []
    talk = Talk(0, "a", losses, legacy=legacy)
    deltas = [*talk.open(Open(0, part)), *talk.close(end)]
    return deltas, [loss.field for loss in losses]


def whole(part: Part, end: Close, *, legacy: bool = False) -> tuple[dict[str, Any], list[str]]:
    losses: list[Loss] = []
    message = Message(0, "a", losses, legacy=legacy)
    told = message.open(Open(0, part))
    told.signature, told.opaque = end.signature, end.opaque
    message.finish(Finish(FinishReason.STOP))
    return message.body()["message"], [loss.field for loss in losses]


def test_a_calls_late_fields_are_in_its_item() -> None:
    late = {"vendor": 1, "extra_content": {"v": 2, **SLOT}}
    call, end = ToolCall("c", "f", "{}"), Close(0, GEMINI, OWN)
    deltas, lost = streamed(call, end)
    assert deltas[1]["tool_calls"] == [{"index": 0, "function": {"arguments": ""}, **late}]
    message, _ = whole(call, end)
    (item,) = message["tool_calls"]
    assert {key: item[key] for key in late} == late
    assert lost == []


def test_a_call_without_arguments_is_an_empty_object() -> None:
    deltas, _ = streamed(ToolCall("c", "f"), Close(0))
    assert deltas[1]["tool_calls"][0]["function"] == {"arguments": "{}"}
    assert whole(ToolCall("c", "f"), Close(0))[0]["tool_calls"][0]["function"]["arguments"] == "{}"


@pytest.mark.parametrize(
    ("part", "end", "lost"),
    [
        (ToolCall("c", "f", "{}"), Close(0, ANTHROPIC), ["signature"]),
        (Text("a"), Close(0, ANTHROPIC), ["signature"]),
        (Code("1", signature=GEMINI), Close(0), ["signature"]),
        (Refusal("no"), Close(0), []),
        (Foreign(Opaque(Dialect.GEMINI, {"x": 1})), Close(0), ["x"]),
        (Media("video/mp4", "aGk="), Close(0), ["video"]),
        (ToolResult("c", ()), Close(0), ["tool_result"]),
        (Text("a", opaque=Opaque(Dialect.GEMINI, {"y": 1})), Close(0), ["y"]),
    ],
    ids=["call", "text", "code", "refusal", "foreign", "video", "result", "field"],
)
def test_both_lose_the_same_and_say_so(part: Part, end: Close, lost: list[str]) -> None:
    assert streamed(part, end)[1] == whole(part, end)[1] == lost


def test_clients_of_the_old_functions_lose_a_calls_own_fields() -> None:
    call, end = ToolCall("c", "f", "{}"), Close(0, GEMINI, OWN)
    fields = {"signature", "vendor", "extra_content"}
    deltas, lost = streamed(call, end, legacy=True)
    assert deltas == [{"function_call": {"name": "f", "arguments": "{}"}}]
    assert set(lost) == fields
    message, lost = whole(call, end, legacy=True)
    assert message["function_call"] == {"name": "f", "arguments": "{}"}
    assert set(lost) == fields
