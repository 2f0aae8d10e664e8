"""Paced streams: the order of a client is understood by the mock, wherever it stands."""

from __future__ import annotations

from benchmarks import asks, pace


def test_the_mock_hears_what_a_client_wishes() -> None:
    assert pace.heard(asks.paced({}, chunks=100, rate=20).request) == (100, 20)
    assert pace.heard(asks.paced_gemini(chunks=40, rate=10).request) == (40, 10)


def test_an_ordinary_request_is_not_paced() -> None:
    assert pace.heard(asks.chat({}, stream=True).request) is None
