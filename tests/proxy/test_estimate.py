"""A guess that is about right for Latin text, Chinese, media and tools."""

from __future__ import annotations

import pytest

from proxy.estimate import tokens
from proxy.ir import FunctionTool, Media, Part, Request, Role, Text, ToolCall, ToolResult, Turn


def asked(*parts: Part) -> Request:
    return Request(model="m", turns=(Turn(Role.USER, parts),))


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Text("a" * 400), 104),
        (Text("你好，世界"), 9),
        (Text(""), 4),
        (Media("image/png", data="AAAA"), 262),
        (ToolCall("1", "tool", "{}"), 6),
        (ToolResult("1", (Text("abcd"), Media("image/png", data="AAAA"))), 263),
    ],
)
def test_it_guesses(part: Part, expected: int) -> None:
    assert tokens(asked(part)) == expected


def test_tools_count_with_their_schema() -> None:
    tool = FunctionTool("tool", "does", {"type": "object"})
    request = Request(model="m", turns=(), tools=(tool,))
    assert tokens(request) == 1 + 1 + 5
