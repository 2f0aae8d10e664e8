from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.gemini import results
from proxy.dialects.gemini.fields import Reader
from proxy.dialects.gemini.ids import Ids
from proxy.ir import Media, Text, ToolResult


def read(response: Any, **more: Any) -> ToolResult:
    wire = {"functionResponse": {"name": "f", "response": response, **more}}
    return results.parse(Reader(wire, "part"), Ids())


@pytest.mark.parametrize(
    ("response", "text", "is_error"),
    [
        ({"result": "a"}, "a", False),
        ({"output": "a"}, "a", False),
        ({"error": "a"}, "a", True),
        ({"error": {"x": 1}}, '{"x":1}', True),
        ({"result": 1}, '{"result":1}', False),
        ({"a": 1, "b": 2}, '{"a":1,"b":2}', False),
        ({}, "", False),
    ],
    ids=str,
)
def test_a_response_is_read_as_text(response: Any, text: str, is_error: bool) -> None:
    result = read(response)
    assert (result.parts, result.is_error) == ((Text(text),), is_error)


def test_media_in_a_response_are_parts_of_the_result() -> None:
    parts = [{"inlineData": {"mimeType": "image/png", "data": "AA=="}}, {"odd": 1}]
    result = read({}, parts=parts)
    assert isinstance(result.parts[0], Media)
    assert len(result.parts) == 2
