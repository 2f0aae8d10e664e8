"""A key is found in all five ways, and told clearly why it does not open the door."""

from __future__ import annotations

import pytest

from proxy.desk import secret_of

KEY = "sk-" + "a" * 43


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        pytest.param({"authorization": f"Bearer {KEY}"}, {}, id="bearer"),
        pytest.param({"authorization": f"bearer  {KEY} "}, {}, id="bearer, odd spelling"),
        pytest.param({"authorization": KEY}, {}, id="bare authorization"),
        pytest.param({"x-api-key": KEY}, {}, id="x-api-key"),
        pytest.param({"x-goog-api-key": KEY}, {}, id="x-goog-api-key"),
        pytest.param({}, {"key": KEY}, id="query"),
        pytest.param({"x-goog-api-key": "", "authorization": ""}, {"key": KEY}, id="empty headers"),
        pytest.param({"authorization": f"Bearer {KEY}", "x-goog-api-key": "other"}, {}, id="order"),
    ],
)
def test_it_finds_the_key(headers: dict[str, str], query: dict[str, str]) -> None:
    assert secret_of(headers, query) == KEY


def test_no_key_is_an_empty_text() -> None:
    assert secret_of({"authorization": "Bearer "}, {}) == ""
