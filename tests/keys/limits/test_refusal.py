from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from keys.limits.refusal import Limited, Which, Whose, until

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
MIDNIGHT = datetime(2030, 1, 2, tzinfo=UTC)

REFUSALS = [
    (
        Limited(Which.MINUTE, Whose.KEY, 30, retry_after=11.2),
        "This key may make 30 requests a minute. Please try again in 12s.",
    ),
    (
        Limited(Which.DAY, Whose.ADDRESS, 600, retry_after=9.0, reset_at=MIDNIGHT),
        "Your address may make 600 requests a day. The count begins again at 2030-01-02 00:00 UTC.",
    ),
    (
        Limited(Which.CONCURRENCY, Whose.KEY, 4, retry_after=5, waiting=20),
        "This key may run 4 requests at a time, and 20 more are waiting already. "
        "Please try again in 5s.",
    ),
    (
        Limited(Which.CONCURRENCY, Whose.KEY, 4, retry_after=5),
        "This key may run 4 requests at a time, and as many are running. Please try again in 5s.",
    ),
    (
        Limited(Which.CONCURRENCY, Whose.KEY, 4, retry_after=5, waiting=20, waited=30),
        "This key may run 4 requests at a time, and none of them ended within 30s. "
        "Please try again in 5s.",
    ),
]


@pytest.mark.parametrize(("limited", "sentence"), REFUSALS)
def test_a_refusal_says_which_limit_and_what_to_do(limited: Limited, sentence: str) -> None:
    assert str(limited) == sentence


@pytest.mark.parametrize("limited", [limited for limited, _ in REFUSALS])
def test_no_client_takes_a_refusal_for_an_upstream_without_capacity(limited: Limited) -> None:
    # Gemini CLI then waits for hours (it looks for these words).
    trap = r"exhausted your capacity|capacity exceeded|MODEL_CAPACITY_EXHAUSTED"
    assert re.search(trap, str(limited), re.IGNORECASE) is None


@pytest.mark.parametrize(("after", "seconds"), [(-3.0, 1), (0.0, 1), (1.0, 1), (1.01, 2), (60, 60)])
def test_seconds_are_whole_and_never_too_early(after: float, seconds: int) -> None:
    assert Limited(Which.MINUTE, Whose.KEY, 1, retry_after=after).seconds == seconds


def test_a_moment_is_told_both_ways() -> None:
    assert until(NOON.timestamp() + 30, NOON) == (30.0, NOON.replace(second=30))
    assert until(NOON.timestamp() - 30, NOON)[0] == 0.0
