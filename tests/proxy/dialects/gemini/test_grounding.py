from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.gemini.grounding import cite
from proxy.ir import Citation

TEXT = "Grüße 🙂 aus Köln."
WEB = {"groundingChunks": [{"web": {"uri": "u", "title": "t"}}]}


def spans(*segments: Any) -> list[tuple[int | None, int | None]]:
    supports = [{"segment": segment, "groundingChunkIndices": [0]} for segment in segments]
    found = cite({**WEB, "groundingSupports": supports}, TEXT, 0)
    return [(one.start, one.end) for one in found.citations]


def test_bytes_become_characters() -> None:
    end = len(TEXT.encode())
    assert spans({"endIndex": end}, {"startIndex": 8, "endIndex": 12}) == [(0, len(TEXT)), (6, 7)]


@pytest.mark.parametrize(
    "segment",
    [
        {"startIndex": 3, "endIndex": 9},
        {"endIndex": 999},
        {"startIndex": 8, "endIndex": 1},
        {"endIndex": 2, "text": "Nein"},
        {},
    ],
    ids=["inside a character", "too far", "backwards", "other text", "nowhere"],
)
def test_offsets_that_do_not_fit_are_left_out(segment: Any) -> None:
    assert spans(segment) == [(None, None)]


def test_sources_that_support_nothing_are_cited_without_a_place() -> None:
    found = cite({"groundingChunks": [{"maps": {"uri": "u"}}, {}, "odd"]}, TEXT, 2)
    assert found.citations == (Citation("u"),)
    assert found.choice == 2
