"""Annotations and log probabilities."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import sources
from proxy.dialects.openai_chat.shown import Shown
from proxy.ir import Citation, Cite, TokenLogprob


def note(**inner: Any) -> dict[str, Any]:
    return {"type": "url_citation", "url_citation": {"url": "https://a", **inner}}


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (note(title="A", start_index=1, end_index=2), Citation("https://a", "A", 1, 2)),
        (note(start_index=0, end_index=0), Citation("https://a")),
        (note(title=None), Citation("https://a")),
        ({"type": "file", "file": {}}, None),
        ("odd", None),
    ],
    ids=["placed", "unplaced", "untitled", "file", "odd"],
)
def test_a_citation_is_read(annotation: Any, expected: Citation | None) -> None:
    assert sources.citation(annotation) == expected


def test_a_citation_comes_back_with_what_else_it_said() -> None:
    annotation = note(title="A", start_index=1, end_index=2, content="text")
    read = sources.citation(annotation)
    assert read is not None
    assert sources.noted(Cite((read,)), Shown()) == [annotation]


@pytest.mark.parametrize(
    "body",
    [{"citations": ["https://a"]}, {"search_results": [{"url": "https://a", "title": ""}]}],
    ids=["citations", "search-results"],
)
def test_perplexitys_sources_are_citations(body: dict[str, Any]) -> None:
    assert sources.listed(body) == [Citation("https://a")]


def test_logprobs_come_back() -> None:
    top = {"token": "b", "logprob": -2.0, "bytes": [98]}
    box = {
        "content": [{"token": "a", "logprob": -1.0, "bytes": [97], "top_logprobs": [top]}],
        "refusal": None,
    }
    tokens = sources.logprobs(box)
    assert tokens == (TokenLogprob("a", -1.0, (97,), (TokenLogprob("b", -2.0, (98,)),)),)
    assert sources.written(tokens) == box
