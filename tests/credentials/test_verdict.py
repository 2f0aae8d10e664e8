"""A verdict tells the pool, the dispatcher and the client the same story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from credentials import verdict
from credentials.health import Barred, NotItsFault, RateLimited, Refused, Stumbled
from credentials.verdict import Verdict

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (verdict.client("bad"), Verdict(NotItsFault(), False, "bad")),
        (verdict.client("elsewhere", retry=True), Verdict(NotItsFault(), True, "elsewhere")),
        (verdict.refused("leaked", 403), Verdict(Refused("leaked", 403), True, "leaked")),
        (verdict.barred("g", "zero"), Verdict(Barred("g"), True, "zero")),
        (verdict.stumbled("g", "503", MINUTE), Verdict(Stumbled("g"), True, "503", 60.0)),
        (
            verdict.limited("g", "slow", MINUTE),
            Verdict(RateLimited("g", MINUTE, reason="slow"), True, "slow", 60.0),
        ),
        (
            verdict.parked("g", "day", NOW + MINUTE, NOW),
            Verdict(RateLimited("g", until=NOW + MINUTE, reason="day"), True, "day", 60.0),
        ),
        (
            verdict.parked("g", "day", NOW - MINUTE, NOW),
            Verdict(RateLimited("g", until=NOW - MINUTE, reason="day"), True, "day", None),
        ),
    ],
)
def test_verdicts(found: Verdict, expected: Verdict) -> None:
    assert found == expected
