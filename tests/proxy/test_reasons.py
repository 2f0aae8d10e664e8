"""Every refusal says why in a word that programs can rely on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keys.limits import Limited
from keys.limits.refusal import Which, Whose
from proxy.errors import ErrorKind, GatewayError
from proxy.reasons import Reason, again, figures

DOCS = (Path(__file__).parents[2] / "docs" / "endpoints.md").read_text(encoding="utf-8")
NOW = datetime(2026, 1, 1, 11, 20, 46, tzinfo=UTC)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_documented(reason: Reason) -> None:
    rows = [line.split("|")[1] for line in DOCS.splitlines() if line.startswith("| `")]
    assert any(f"`{reason}`" in names for names in rows)


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_error_has_one(kind: ErrorKind) -> None:
    assert GatewayError(kind, "no").reason in Reason


@pytest.mark.parametrize(
    ("which", "whose", "reason"),
    [
        (Which.MINUTE, Whose.KEY, Reason.KEY_MINUTE),
        (Which.CONCURRENCY, Whose.KEY, Reason.KEY_CONCURRENCY),
        (Which.MINUTE, Whose.ADDRESS, Reason.ADDRESS_MINUTE),
        (Which.DAY, Whose.ADDRESS, Reason.ADDRESS_DAY),
    ],
)
def test_a_limit_names_itself(which: Which, whose: Whose, reason: Reason) -> None:
    assert Limited(which, whose, 3, retry_after=1).name == reason


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "Try again in 1 second."),
        (48.9, "Try again in 49 seconds."),
        (600, "Try again after 11:31 UTC (in 10 min)."),
        (74_354, "Try again after 08:00 UTC (in 20 h)."),
        (90_000, "Try again after 2026-01-02 12:21 UTC (in 25 h)."),
        (400_000, "Try again after 2026-01-06 02:28 UTC (in 4 days)."),
    ],
)
def test_a_wait_is_told_as_a_person_reads_it(seconds: float, words: str) -> None:
    assert again(seconds, NOW) == words


def test_what_is_known_of_a_limit_is_told_in_headers() -> None:
    later = NOW + timedelta(seconds=0.5)
    assert figures(limit=5, remaining=0, reset=later) == {
        "x-potluck-limit": "5",
        "x-potluck-remaining": "0",
        "x-potluck-reset": "2026-01-01T11:20:47Z",
    }
    assert figures() == {}
