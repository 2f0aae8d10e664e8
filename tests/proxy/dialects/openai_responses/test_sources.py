from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_responses import sources
from proxy.ir import Citation, TokenLogprob

NOTE = {
    "type": "url_citation",
    "url": "https://example.com",
    "title": "T",
    "start_index": 1,
    "end_index": 4,
}


def test_offsets_count_from_the_beginning_of_the_answer() -> None:
    found = sources.citation(NOTE, 10)
    assert found == Citation("https://example.com", "T", 11, 14)
    assert found is not None
    assert sources.note(found, 10) == NOTE


def test_a_source_may_have_no_place() -> None:
    found = sources.citation(NOTE | {"start_index": 0, "end_index": 0}, 10)
    assert found == Citation("https://example.com", "T")


@pytest.mark.parametrize("note", [None, {}, {"type": "file_citation"}, NOTE | {"url": 5}])
def test_other_notes_are_no_sources(note: Any) -> None:
    assert sources.citation(note, 0) is None


def test_log_probabilities_are_read_and_written() -> None:
    wire = [
        {
            "token": "a",
            "logprob": -0.5,
            "bytes": [97],
            "top_logprobs": [{"token": "b", "logprob": -1.0, "bytes": [98]}],
        }
    ]
    (token,) = sources.logprobs(wire)
    assert token == TokenLogprob("a", -0.5, (97,), (TokenLogprob("b", -1.0, (98,)),))
    assert sources.written((token,)) == wire


@pytest.mark.parametrize("items", [None, 5, [None], [{"token": 5}]])
def test_what_is_no_token_is_passed_over(items: Any) -> None:
    assert sources.logprobs(items) == ()
