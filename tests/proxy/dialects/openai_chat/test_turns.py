"""Turns of other dialects become messages."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.openai_chat import turns
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Code,
    CodeResult,
    Dialect,
    Foreign,
    Media,
    Opaque,
    Part,
    Role,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)

GEMINI = Signature(Dialect.GEMINI, "c2ln")


def say(*said: Turn) -> tuple[list[dict[str, Any]], list[str]]:
    """The messages, and the fields that were lost."""
    losses: list[Loss] = []
    return turns.render(said, losses), [loss.field for loss in losses]


def model(*parts: Part) -> Turn:
    return Turn(Role.MODEL, parts)


def user(*parts: Part) -> Turn:
    return Turn(Role.USER, parts)


def test_a_models_turn_is_one_message() -> None:
    (message,), lost = say(model(Text("a"), Text("b"), ToolCall("c", "f", '{"x": 1}')))
    assert message == {
        "role": "assistant",
        "content": "ab",
        "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}
        ],
    }
    assert lost == []


def test_calls_alone_have_no_content() -> None:
    (message,), _ = say(model(ToolCall("c", "f")))
    assert message["content"] is None
    assert message["tool_calls"][0]["function"]["arguments"] == "{}"


def test_calls_without_ids_are_linked_by_name_and_order() -> None:
    (asked, first, second, third), _ = say(
        model(ToolCall("", "f", "{}"), ToolCall("", "g", "{}"), ToolCall("", "f", "{}")),
        user(
            ToolResult("", (Text("g1"),), name="g"),
            ToolResult("", (Text("f1"),), name="f"),
            ToolResult("", (Text("f2"),), name="f"),
        ),
    )
    assert [call["id"] for call in asked["tool_calls"]] == ["call_0", "call_1", "call_2"]
    assert [m["tool_call_id"] for m in (first, second, third)] == ["call_1", "call_0", "call_2"]


def test_a_minted_id_is_nobody_elses() -> None:
    (message,), _ = say(model(ToolCall("call_0", "f"), ToolCall("", "f")))
    assert [call["id"] for call in message["tool_calls"]] == ["call_0", "call_1"]


def test_results_come_before_what_the_user_says() -> None:
    messages, lost = say(
        model(ToolCall("c", "f")), user(ToolResult("c", (Text("42"),)), Text("well?"))
    )
    assert messages[1:] == [
        {"role": "tool", "tool_call_id": "c", "content": "42"},
        {"role": "user", "content": "well?"},
    ]
    assert lost == []


def test_a_changed_order_is_said() -> None:
    assert say(user(Text("well?"), ToolResult("c", (Text("42"),))))[1] == ["part_order"]
    assert say(model(ToolCall("c", "f"), Text("after")))[1] == ["part_order"]


def test_a_picture_of_a_tool_goes_into_a_users_message() -> None:
    picture = Media("image/png", "aGk=")
    (tool, follow), _ = say(user(ToolResult("c", (Text("see"), picture), is_error=False)))
    assert tool["content"] == "see"
    url = {"url": "data:image/png;base64,aGk="}
    assert follow == {"role": "user", "content": [{"type": "image_url", "image_url": url}]}


def test_pictures_wait_until_all_tools_have_answered() -> None:
    picture = Media("image/png", "aGk=")
    messages, _ = say(
        model(ToolCall("a", "f"), ToolCall("b", "f")),
        user(ToolResult("a", (picture,))),
        user(ToolResult("b", (Text("2"),))),
        user(Text("well?")),
    )
    assert [m["role"] for m in messages] == ["assistant", "tool", "tool", "user", "user"]
    assert messages[3]["content"][0]["type"] == "image_url"


def test_an_error_of_a_tool_keeps_its_text() -> None:
    (tool,), lost = say(user(ToolResult("c", (Text("boom"),), is_error=True)))
    assert tool["content"] == "boom"
    assert lost == ["is_error"]


def test_thoughts_of_others_are_a_loss() -> None:
    (message,), lost = say(model(Thinking("hm", GEMINI), Text("a")))
    assert message == {"role": "assistant", "content": "a"}
    assert lost == ["thinking"]


def test_a_gemini_signature_of_a_call_has_its_slot() -> None:
    (message,), lost = say(model(ToolCall("c", "f", "{}", signature=GEMINI)))
    assert message["tool_calls"][0]["extra_content"] == {"google": {"thought_signature": "c2ln"}}
    assert lost == []


@pytest.mark.parametrize(
    "part",
    [Text("a", GEMINI), ToolCall("c", "f", signature=Signature(Dialect.ANTHROPIC, "x"))],
    ids=["text", "anthropic"],
)
def test_another_signature_is_a_loss(part: Part) -> None:
    assert say(model(part))[1] == ["signature"]


def test_code_that_ran_is_shown() -> None:
    (message,), _ = say(model(Text("Look:"), Code("print(1)"), CodeResult("1\n")))
    assert message["content"] == "Look:\n```python\nprint(1)\n```\n\n```output\n1\n```\n"


def test_a_models_picture_is_a_loss() -> None:
    (message,), lost = say(model(Text("here"), Media("image/png", "aGk=")))
    assert message["content"] == "here"
    assert lost == ["image"]


def test_a_foreign_block_is_left_out() -> None:
    block = Foreign(Opaque(Dialect.GEMINI, {"toolCall": {}}))
    (message,), _ = say(user(Text("a"), block))
    assert message["content"] == "a"


@pytest.mark.parametrize(
    "media",
    [
        Media("video/mp4", "aGk="),
        Media("image/png", url="gs://bucket/a.png"),
        Media("image/png", url="https://generativelanguage.googleapis.com/v1beta/files/x"),
        Media("application/pdf", url="https://example.com/a.pdf"),
        Media("image/png", url="http://["),
    ],
    ids=["video", "gs", "files", "pdf-url", "no-url"],
)
def test_media_that_chat_cannot_take_is_refused(media: Media) -> None:
    with pytest.raises(GatewayError) as caught:
        say(user(media))
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
    assert "turns[0].parts[0]" in caught.value.message


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        (Media("audio/mpeg", "aGk="), {"input_audio": {"data": "aGk=", "format": "mp3"}}),
        (Media("audio/x-wav", "aGk="), {"input_audio": {"data": "aGk=", "format": "wav"}}),
        (
            Media("application/pdf", "aGk=", name="a.pdf"),
            {"file": {"file_data": "data:application/pdf;base64,aGk=", "filename": "a.pdf"}},
        ),
        (
            Media("image/png", url="https://example.com/a.png", detail="low"),
            {"image_url": {"url": "https://example.com/a.png", "detail": "low"}},
        ),
    ],
    ids=["mp3", "wav", "pdf", "url"],
)
def test_media_have_their_parts(media: Media, expected: dict[str, Any]) -> None:
    (message,), _ = say(user(media))
    assert message["content"] == [{"type": next(iter(expected)), **expected}]


def test_a_resolution_of_another_dialect_is_a_loss() -> None:
    assert say(user(Media("image/png", "aGk=", detail="MEDIA_RESOLUTION_LOW")))[1] == ["detail"]
