from __future__ import annotations

from typing import Any

from proxy.dialects.gemini import logprobs

WIRE: dict[str, Any] = {
    "chosenCandidates": [{"token": "a", "tokenId": 1, "logProbability": -0.5}],
    "topCandidates": [{"candidates": [{"token": "a", "tokenId": 1, "logProbability": -0.5}]}],
}


def test_tokens_are_read_and_written() -> None:
    (token,) = logprobs.parse(WIRE)
    assert (token.token, token.logprob, len(token.top)) == ("a", -0.5, 1)
    assert logprobs.render([token]) == WIRE


def test_tokens_with_and_without_alternatives_keep_their_places() -> None:
    (token,) = logprobs.parse(WIRE)
    (bare,) = logprobs.parse({"chosenCandidates": WIRE["chosenCandidates"]})
    rendered = logprobs.render([bare, token])
    assert len(rendered["chosenCandidates"]) == 2
    assert rendered["topCandidates"] == [{}, *WIRE["topCandidates"]]


def test_malformed_entries_are_skipped() -> None:
    assert logprobs.parse({"chosenCandidates": [1, {"token": 2}], "topCandidates": 3}) == ()
    assert logprobs.parse("odd") == ()
