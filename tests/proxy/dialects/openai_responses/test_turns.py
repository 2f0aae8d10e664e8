"""Turns of other dialects, written as input items."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.openai_responses.turns import render
from proxy.errors import GatewayError
from proxy.ir import (
    Code,
    CodeResult,
    Dialect,
    Foreign,
    Media,
    Opaque,
    Part,
    Refusal,
    Role,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)

ASKED = Turn(Role.USER, (Text("hi"),))


def items(*turns: Turn, lost: list[str] | None = None) -> Any:
    losses: list[Loss] = []
    body = render(turns, losses)
    assert [loss.field for loss in losses] == (lost or [])
    return body["input"]


def user(*parts: Part) -> Turn:
    return Turn(Role.USER, parts)


def model(*parts: Part) -> Turn:
    return Turn(Role.MODEL, parts)


def test_the_first_system_text_is_the_instructions() -> None:
    body = render((Turn(Role.SYSTEM, (Text("be brief"),)), ASKED), [])
    assert body == {"instructions": "be brief", "input": [{"role": "user", "content": "hi"}]}


def test_later_system_texts_stay_where_they_were() -> None:
    found = items(ASKED, Turn(Role.SYSTEM, (Text("a"), Text("b"))))
    assert found[1]["role"] == "developer"
    assert [part["text"] for part in found[1]["content"]] == ["a", "b"]


def test_a_turn_of_the_model_is_items_in_order() -> None:
    found = items(
        model(Text("a"), ToolCall("c", "f"), Text("b"), ToolCall("d", "g", "free", custom=True))
    )
    assert found == [
        {"role": "assistant", "content": "a"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"role": "assistant", "content": "b"},
        {"type": "custom_tool_call", "call_id": "d", "name": "g", "input": "free"},
    ]


def test_texts_and_refusals_are_one_message() -> None:
    (message,) = items(model(Text("a"), Refusal("no")))
    assert [part["type"] for part in message["content"]] == ["output_text", "refusal"]


def test_results_and_words_stay_in_order() -> None:
    picture = Media("image/png", "aGk=")
    found = items(
        model(ToolCall("c", "f", "x", custom=True), ToolCall("d", "g")),
        user(ToolResult("c", (Text("a"), Text("b"))), ToolResult("d", (picture,)), Text("go")),
    )
    assert found[2:] == [
        {"type": "custom_tool_call_output", "call_id": "c", "output": "ab"},
        {
            "type": "function_call_output",
            "call_id": "d",
            "output": [{"type": "input_image", "image_url": "data:image/png;base64,aGk="}],
        },
        {"role": "user", "content": "go"},
    ]


def test_calls_without_ids_get_some() -> None:
    found = items(
        model(ToolCall("", "f"), ToolCall("", "g")),
        user(ToolResult("", (), "g"), ToolResult("", (Text("1"),), "f")),
    )
    assert [item["call_id"] for item in found] == ["call_0", "call_1", "call_1", "call_0"]
    assert found[2]["output"] == ""


def test_code_is_shown_as_text() -> None:
    (message,) = items(model(Code("print(1)", "python"), CodeResult("1")))
    told = "".join(part["text"] for part in message["content"])
    assert told == "\n```python\nprint(1)\n```\n\n```output\n1\n```\n"


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (Thinking("hm", Signature(Dialect.ANTHROPIC, "x")), "thinking"),
        (Thinking("hm"), "thinking"),
        (Media("image/png", "aGk="), "image"),
        (ToolCall("c", "f", "{}", signature=Signature(Dialect.GEMINI, "x")), "signature"),
        (Text("a", Signature(Dialect.GEMINI, "x")), "signature"),
    ],
)
def test_what_the_model_may_not_say_again_is_a_loss(part: Part, field: str) -> None:
    items(model(part), lost=[field])


def test_a_failed_result_is_only_a_result() -> None:
    items(user(ToolResult("c", (Text("x"),), is_error=True)), lost=["is_error"])


def test_a_foreign_part_is_named_elsewhere() -> None:
    foreign = Foreign(Opaque(Dialect.ANTHROPIC, {"type": "search_result"}))
    assert items(user(foreign), model(foreign)) == []


def test_openais_own_proof_goes_back_without_its_id() -> None:
    (item,) = items(model(Thinking("hm", Signature(Dialect.OPENAI_RESPONSES, "gAAA"))))
    assert item == {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "hm"}],
        "encrypted_content": "gAAA",
    }


@pytest.mark.parametrize(
    "media",
    [
        Media("video/mp4", "aGk="),
        Media("image/png", url="gs://bucket/a.png"),
        Media("audio/wav", url="https://example.com/a.wav"),
        Media("", url="https://generativelanguage.googleapis.com/v1beta/files/1"),
        Media("image/png", url="http://["),
    ],
)
def test_media_that_nobody_there_can_read_is_refused(media: Media) -> None:
    with pytest.raises(GatewayError) as caught:
        render((user(media),), [])
    assert caught.value.param == "turns[0].parts[0]"


@pytest.mark.parametrize(
    ("media", "part"),
    [
        (
            Media("image/png", url="https://example.com/a.png", detail="high"),
            {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "high"},
        ),
        (
            Media("application/pdf", "aGk=", name="a.pdf"),
            {
                "type": "input_file",
                "filename": "a.pdf",
                "file_data": "data:application/pdf;base64,aGk=",
            },
        ),
        (
            Media("application/pdf", url="https://example.com/a.pdf"),
            {"type": "input_file", "file_url": "https://example.com/a.pdf"},
        ),
        (
            Media("audio/mpeg", "aGk="),
            {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "mp3"}},
        ),
        (
            Media("text/plain", "aGk="),
            {
                "type": "input_file",
                "filename": "document.plain",
                "file_data": "data:text/plain;base64,aGk=",
            },
        ),
    ],
)
def test_media_are_parts_of_messages(media: Media, part: Any) -> None:
    assert items(user(media)) == [{"role": "user", "content": [part]}]


def test_an_unknown_resolution_is_a_loss() -> None:
    items(user(Media("image/png", "aGk=", detail="media_resolution_low")), lost=["detail"])


def test_system_text_alone_is_the_input() -> None:
    unknown = Turn(Role.USER, (Foreign(Opaque(Dialect.GEMINI, {"toolCall": {}})),))
    body = render([Turn(Role.SYSTEM, (Text("be kind"),)), unknown], [])
    assert body == {"input": [{"role": "developer", "content": "be kind"}]}
