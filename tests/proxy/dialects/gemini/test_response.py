from __future__ import annotations

import json
from pathlib import Path

import pytest

from proxy.dialects.gemini import CODEC, response
from proxy.errors import ErrorKind, GatewayError
from tests.proxy.dialects.gemini.fold import Folded, streamed

CORPUS = Path(__file__).resolve().parents[3] / "corpus" / "gemini"


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.stream.sse")), ids=lambda path: path.name)
def test_a_corpus_stream_says_what_its_whole_answer_says(path: Path) -> None:
    wire = path.read_bytes()
    body = json.loads(
        path.with_name(path.name.replace(".stream.sse", ".response.json")).read_text()
    )
    expected = Folded(CODEC.parse_response(body))
    assert Folded(streamed(wire)) == expected
    for at in range(1, len(wire)):
        assert Folded(streamed(wire, [at])) == expected


@pytest.mark.parametrize("body", [{}, {"candidates": []}, {"usageMetadata": {}}], ids=str)
def test_an_answer_without_candidates_is_none(body: dict[str, object]) -> None:
    with pytest.raises(GatewayError) as caught:
        response.parse(body)
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN


def test_an_answer_of_nothing_is_still_googles_shape() -> None:
    assert response.render([]).body == {"candidates": []}
