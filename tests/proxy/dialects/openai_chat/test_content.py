"""The `content` of messages and the calls beside it, there and back."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import calls, content
from proxy.errors import GatewayError
from proxy.ir import Foreign, Media, Part, Refusal, Text, Thinking, ToolCall

URL = "https://example.com/a.png"
PARTS: list[tuple[dict[str, Any], type[Part]]] = [
    ({"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}, Text),
    ({"type": "image_url", "image_url": {"url": URL}}, Media),
    ({"type": "refusal", "refusal": "no"}, Refusal),
    ({"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, Thinking),
    ({"type": "thinking", "thinking": [{"type": "reference"}]}, Foreign),
    ({"type": "file", "file": {"file_id": "f"}}, Foreign),
    ({"type": "reference", "ids": [1]}, Foreign),
]


@pytest.mark.parametrize(("item", "kind"), PARTS)
def test_a_part_is_read_and_written_again(item: dict[str, Any], kind: type[Part]) -> None:
    (part,) = content.parse([item], "content")
    assert type(part) is kind
    assert content.placed(part)
    assert content.render([part], {"content": "list"}, "") == [item]


@pytest.mark.parametrize(
    ("value", "form"), [(None, "null"), ([], "list"), ("", ""), ("a", ""), ([PARTS[0][0]], "list")]
)
def test_the_form_of_a_content_comes_back(value: Any, form: str) -> None:
    assert content.form({"content": value}) == form
    assert content.render(content.parse(value, "content"), {"content": form}, "") == value


@pytest.mark.parametrize("value", [5, {}, [5], [{}], [{"type": "text"}]])
def test_what_is_no_content_is_refused(value: Any) -> None:
    with pytest.raises(GatewayError) as caught:
        content.parse(value, "messages[0].content")
    assert str(caught.value.param).startswith("messages[0].content")


CALLS: list[dict[str, Any]] = [
    {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}},
    {"function": {"name": "f", "arguments": {"a": 1}}},
    {"id": "a", "type": "function", "function": {"name": "f"}},
    {"id": "a", "type": "function", "function": {"name": "f", "arguments": None, "vendor": 1}},
    {"id": "a", "type": "custom", "custom": {"name": "f", "input": "x"}},
]


@pytest.mark.parametrize("wire", CALLS, ids=["plain", "object", "silent", "null", "custom"])
def test_a_call_is_read_and_written_again(wire: dict[str, Any]) -> None:
    call = calls.parse(wire, "tool_calls[0]")
    assert isinstance(call, ToolCall)
    assert calls.render(call, call.id) == wire


def test_a_call_of_another_kind_is_openais_own() -> None:
    assert isinstance(calls.parse({"type": "mcp", "id": "a"}, ""), Foreign)


def test_arguments_are_text() -> None:
    with pytest.raises(GatewayError, match="string of JSON"):
        calls.parse({"function": {"name": "f", "arguments": 5}}, "tool_calls[0]")
