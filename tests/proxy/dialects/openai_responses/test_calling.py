from __future__ import annotations

import pytest

from proxy.dialects.openai_responses import CODEC
from proxy.ir import Close, Delta, Event, Finish, FinishReason, Open, Start, ToolCall
from tests.proxy.dialects.openai_responses.streams import shown, written

ASKED = CODEC.parse_request(
    {"model": "m", "input": "hi", "stream": True, "tools": [{"type": "custom", "name": "patch"}]}
)


def answer(call: ToolCall, *pieces: str) -> list[Event]:
    said = [Delta(0, piece) for piece in pieces]
    end = Finish(FinishReason.TOOL_CALLS, "tool_calls")
    return [Start("a", "m", 1), Open(0, call), *said, Close(0), end]


@pytest.mark.parametrize(
    ("pieces", "input"),
    [
        (['{"input"', ':"a\\nb"}'], "a\nb"),
        (['{"input":""}'], ""),
        (["plain words"], "plain words"),
        (['{"other": "x"}'], '{"other": "x"}'),
        ([], ""),
    ],
)
def test_a_function_that_stood_in_is_unpacked(pieces: list[str], input: str) -> None:
    events = answer(ToolCall("c", "patch"), *pieces)
    wire = shown(written(events, ASKED))
    (item,) = wire[-1]["response"]["output"]
    assert (item["type"], item["input"]) == ("custom_tool_call", input)
    deltas = [each for each in wire if each["type"] == "response.custom_tool_call_input.delta"]
    assert "".join(each["delta"] for each in deltas) == input


def test_free_text_is_told_as_it_comes() -> None:
    events = answer(ToolCall("c", "patch", "a", custom=True), "b", "c")
    wire = shown(written(events, ASKED))
    deltas = [each["delta"] for each in wire if each["type"].endswith("_input.delta")]
    assert deltas == ["a", "b", "c"]
    assert wire[-1]["response"]["output"][0]["input"] == "abc"


def test_other_functions_stay_functions() -> None:
    wire = shown(written(answer(ToolCall("c", "f"), '{"input":"x"}'), ASKED))
    (item,) = wire[-1]["response"]["output"]
    assert (item["type"], item["arguments"]) == ("function_call", '{"input":"x"}')
