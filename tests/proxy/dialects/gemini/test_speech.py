from __future__ import annotations

import pytest

from proxy.dialects.gemini.speech import Opened, Said
from proxy.ir import Code, CodeResult, Dialect, Media, Opaque, Open, Part, Text, Thinking, ToolCall


def test_text_that_flows_is_written_with_its_part() -> None:
    said = Said()
    said.add({"text": "a"}, 0)
    said.say("b")
    said.say("c")
    said.add({"functionCall": {}})
    assert said.parts == [{"text": "abc"}, {"functionCall": {}}]
    assert said.tail == -1


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Text("a"), Text("ab")),
        (Thinking("a"), Thinking("ab")),
        (ToolCall("c", "f", "a"), ToolCall("c", "f", "ab")),
        (Code("a"), Code("ab")),
        (CodeResult("a"), CodeResult("ab")),
        (Media("image/png"), Media("image/png")),
    ],
    ids=["text", "thought", "call", "code", "output", "media"],
)
def test_a_part_tells_what_its_deltas_brought(part: Part, expected: Part) -> None:
    opened = Opened(Open(0, part))
    assert opened.told() == part
    opened.pieces.append("b")
    assert opened.told() == expected


def test_a_text_with_fields_of_its_own_waits_until_it_is_whole() -> None:
    assert Opened(Open(0, Text("a"))).flows
    assert not Opened(Open(0, Text("a", opaque=Opaque(Dialect.GEMINI, {"x": 1})))).flows
