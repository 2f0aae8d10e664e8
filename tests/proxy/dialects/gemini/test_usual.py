from __future__ import annotations

import json
from typing import Any

import pytest

from proxy.dialects.gemini import usual
from proxy.dialects.gemini.answer import Answer
from proxy.ir import Batch, Delta, Usage
from tests.proxy.dialects.gemini.fold import said

FIRST = said({"text": "a"})
COUNTED = {**said({"text": "b"}, index=0), "usageMetadata": {"promptTokenCount": 1}}


def read(body: Any) -> usual.Chunk | None:
    return usual.read(json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [
        said({"text": "a"}, finishReason="STOP"),
        said({"text": "a", "thoughtSignature": "QUJD"}),
        said({"text": "a"}, {"text": "b"}),
        said({"functionCall": {"name": "f"}}),
        {**FIRST, "error": None},
        {**FIRST, "createTime": "2026-01-01T00:00:00Z"},
        {**FIRST, "usageMetadata": []},
        [FIRST],
        {},
    ],
    ids=str,
)
def test_anything_else_is_left_to_the_full_reading(body: Any) -> None:
    assert read(body) is None


def test_what_is_no_json_is_left_to_it_too() -> None:
    assert [usual.read(wire) for wire in (b"", b"{", b"[DONE]", b"[" * 5000)] == [None] * 4


@pytest.mark.parametrize("index", [0, 1], ids=["the speaker", "somebody else"])
@pytest.mark.parametrize("thought", [False, True], ids=["text", "thought"])
def test_a_chunk_is_taken_only_when_it_goes_on(index: int, thought: bool) -> None:
    answer = Answer()
    chunk = read(said({"text": "b", "thought": thought}, index=index))
    assert chunk is not None
    assert not answer.grow(chunk, [])
    answer.feed(FIRST)
    assert answer.grow(chunk, []) == (index == 0 and not thought)


def test_it_says_what_the_full_reading_says() -> None:
    short, full = Answer(), Answer()
    for answer in (short, full):
        answer.feed(FIRST)
    events: Batch = []
    chunk = read(COUNTED)
    assert chunk is not None
    assert short.grow(chunk, events)
    assert events == full.feed(COUNTED)
    assert [type(event) for event in events] == [Delta, Usage]
