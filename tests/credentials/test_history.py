"""What is remembered of failures: what happened, and nobody's secret."""

from __future__ import annotations

from datetime import timedelta

import pytest

from credentials.health import (
    Barred,
    NotItsFault,
    Outcome,
    Proven,
    RateLimited,
    Refused,
    Stumbled,
    Succeeded,
)
from credentials.history import KEPT, Mishap, load, merged, mishap, redacted
from tests.credentials.fakes import NOW


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (RateLimited("g", reason="QUOTA_PER_DAY"), "QUOTA_PER_DAY"),
        (RateLimited("g"), "limited"),
        (Refused("API_KEY_INVALID"), "API_KEY_INVALID"),
        (Refused("", 403), "403"),
        (Barred("g"), "barred"),
        (Stumbled(), "stumbled"),
    ],
)
def test_a_failure_is_remembered(outcome: Outcome, reason: str) -> None:
    assert mishap(outcome, NOW, 429, "slow down") == Mishap(NOW, 429, reason, "slow down")


@pytest.mark.parametrize("outcome", [Succeeded(), NotItsFault(), Proven()])
def test_what_is_not_its_fault_is_not(outcome: Outcome) -> None:
    assert mishap(outcome, NOW, 400, "bad request") is None


@pytest.mark.parametrize(
    "words",
    [
        "Incorrect API key provided: sk-proj-PLANTED0123456789abcdef.",
        "key AIzaSyPLANTED-0123456789-abcdefghijklmnopq was reported as leaked",
        "GET https://h.test/v1?key=PLANTED&alt=sse failed",
        "http://user:PLANTED@proxy.test:1 refused",
        "token ya29.PLANTED0123456789_abc-def expired",
        "Account PLANTED.person@example.com is suspended",
        "Bearer eyJhbGciOiJSUzI1NiJ9.PLANTEDeyJpc3MiOiI0MiJ9.c2ln",
    ],
)
def test_it_holds_no_secret(words: str) -> None:
    found = redacted(words)
    assert "PLANTED" not in found
    assert "…" in found


def test_plain_words_stay() -> None:
    words = "Quota exceeded for metric generate_content_free_tier_requests, limit: 50."
    assert redacted(words) == words


def test_it_is_short_and_on_one_line() -> None:
    found = redacted("a\x1b[31m\nb\u202e " + "word " * 9_999)
    assert len(found) == 300
    assert found.isprintable()


def test_the_last_twenty_are_kept() -> None:
    old = [Mishap(NOW + timedelta(seconds=n), 500, "stumbled") for n in range(KEPT)]
    stored = merged([], old)
    new = Mishap(NOW + timedelta(hours=1), 429, "limited", "slow down")
    assert load(merged(stored, [new])) == [*old[1:], new]


@pytest.mark.parametrize("stored", [None, 7, "text", {}, [7, {"at": "soon"}, None]])
def test_what_cannot_be_read_is_left_out(stored: object) -> None:
    assert load(stored) == []
