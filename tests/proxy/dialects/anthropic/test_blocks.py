"""Content blocks as the other dialects see them."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC
from proxy.errors import GatewayError
from proxy.ir import Foreign, Media, Part, Role, Text, Thinking, ToolCall, ToolResult


def read(block: Any, role: str = "user") -> Part:
    body = {"model": "m", "messages": [{"role": role, "content": [block]}]}
    return CODEC.parse_request(body).turns[0].parts[0]


def source(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": "document", "source": {"type": kind, **fields}}


PICTURE = {"type": "image", "source": {"type": "url", "url": "https://x/a.png"}}
SAID = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"type": "text", "text": "a"}, "a"),
        (source("text", data="a", media_type="text/plain"), "a"),
        (source("content", content="a"), "a"),
        (source("content", content=SAID), "a\nb"),
        ({"type": "search_result", "source": "s", "title": "t", "content": SAID}, "a\nb"),
    ],
)
def test_text_is_text_in_whatever_box(block: Any, text: str) -> None:
    part = read(block)
    assert isinstance(part, Text)
    assert part.text == text


@pytest.mark.parametrize(
    "block",
    [
        source("content", content=[PICTURE]),
        source("content", content=[]),
        source("file", file_id="file_1"),
        {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "something_new"},
    ],
)
def test_what_only_anthropic_can_read_stays_as_it_is(block: Any) -> None:
    part = read(block)
    assert isinstance(part, Foreign)
    assert part.opaque.data == block


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (PICTURE, ("", "", "https://x/a.png", "")),
        (
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": "aGk="},
            },
            ("image/png", "aGk=", "", ""),
        ),
        (
            {**source("base64", media_type="application/pdf", data="aGk="), "title": "T"},
            ("application/pdf", "aGk=", "", "T"),
        ),
        (source("url", url="https://x/a"), ("application/pdf", "", "https://x/a", "")),
    ],
)
def test_media_are_media(block: Any, expected: Any) -> None:
    part = read(block)
    assert isinstance(part, Media)
    assert (part.mime_type, part.data, part.url, part.name) == expected


def test_a_tool_use_is_a_call() -> None:
    part = read({"type": "tool_use", "id": "c", "name": "f", "input": {"a": "ü"}}, "assistant")
    assert isinstance(part, ToolCall)
    assert (part.id, part.name, part.arguments) == ("c", "f", '{"a":"ü"}')


@pytest.mark.parametrize(
    ("more", "kinds", "failed"),
    [
        ({}, [], False),
        ({"content": []}, [], False),
        ({"content": "x", "is_error": True}, [Text], True),
        ({"content": [*SAID, PICTURE]}, [Text, Text, Media], False),
        ({"content": [{"type": "tool_reference", "tool_name": "f"}]}, [Foreign], False),
    ],
)
def test_a_tool_result_holds_parts(more: Any, kinds: Any, failed: bool) -> None:
    part = read({"type": "tool_result", "tool_use_id": "c", **more})
    assert isinstance(part, ToolResult)
    assert ([type(each) for each in part.parts], part.is_error) == (kinds, failed)


@pytest.mark.parametrize("signature", [{}, {"signature": ""}, {"signature": None}])
def test_a_thought_may_be_unsigned(signature: Any) -> None:
    part = read({"type": "thinking", "thinking": "hm", **signature}, "assistant")
    assert isinstance(part, Thinking)
    assert (part.text, part.signature) == ("hm", None)


def test_system_turns_stay_where_they_were_said() -> None:
    body = {
        "model": "m",
        "system": "a",
        "messages": [{"role": "user", "content": "b"}, {"role": "system", "content": "c"}],
    }
    roles = [turn.role for turn in CODEC.parse_request(body).turns]
    assert roles == [Role.SYSTEM, Role.USER, Role.SYSTEM]


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ("x", ""),
        ({"type": "text"}, ".text"),
        ({"type": "text", "text": 1}, ".text"),
        ({"type": "image"}, ".source"),
        ({"type": "image", "source": {"type": "base64", "data": ""}}, ".source.media_type"),
        ({"type": "image", "source": {"type": "url"}}, ".source.url"),
        ({"type": "tool_use", "id": "c", "name": "f", "input": []}, ".input"),
        ({"type": "tool_result", "content": "x"}, ".tool_use_id"),
        ({"type": "tool_result", "tool_use_id": "c", "content": {}}, ".content"),
        (
            {"type": "tool_result", "tool_use_id": "c", "content": [{"type": "text"}]},
            ".content[0].text",
        ),
    ],
)
def test_a_complaint_names_the_place(block: Any, place: str) -> None:
    with pytest.raises(GatewayError) as caught:
        read(block)
    assert caught.value.param == f"messages[0].content[0]{place}"
