from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from proxy.dialects.gemini import usage
from proxy.ir import Usage

WIRE = {
    "promptTokenCount": 10,
    "toolUsePromptTokenCount": 5,
    "candidatesTokenCount": 3,
    "thoughtsTokenCount": 4,
    "cachedContentTokenCount": 2,
    "totalTokenCount": 22,
    "serviceTier": "standard",
}


def test_thoughts_are_output_and_tools_are_input() -> None:
    read = usage.parse(WIRE)
    assert (read.input, read.output, read.cached, read.thinking) == (15, 7, 2, 4)


def test_counts_that_did_not_change_are_written_as_they_came() -> None:
    assert usage.render(usage.parse(WIRE)) == WIRE


@pytest.mark.parametrize(
    ("said", "wire"),
    [
        (replace(usage.parse(WIRE), output=17), (15, 13, 4, 32)),
        (Usage(3, 2), (3, 2, None, 5)),
        (Usage(), (0, None, None, 0)),
    ],
    ids=["summed", "plain", "unknown"],
)
def test_other_counts_add_up(said: Usage, wire: tuple[Any, ...]) -> None:
    found = usage.render(said)
    names = ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount")
    assert tuple(found.get(name) for name in names) == wire


def test_vertex_says_nothing_until_the_end() -> None:
    read = usage.parse({"trafficType": "ON_DEMAND"})
    assert (read.input, read.output) == (None, None)
    assert usage.render(read) == {"trafficType": "ON_DEMAND"}
