from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from credentials.listing import State
from panel.pages.pool import words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "text"),
    [
        ({"seconds": -5}, "0 s"),
        ({"seconds": 44.2}, "45 s"),
        ({"seconds": 61}, "2 m"),
        ({"minutes": 12}, "12 m"),
        ({"minutes": 59, "seconds": 30}, "1 h 0 m"),
        ({"hours": 5, "minutes": 12}, "5 h 12 m"),
        ({"days": 3, "hours": 4, "minutes": 30}, "3 d 4 h"),
    ],
)
def test_a_rest_is_said_as_short_as_can_be(left: dict[str, float], text: str) -> None:
    assert words.until(NOW + timedelta(**left), NOW) == text


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("QUOTA_PER_DAY", "used up"),
        ("rate_limit_error", "too fast"),
        ("RESOURCE_EXHAUSTED", "too fast"),
        ("day_cap", "as it may"),
        ("credit_balance_too_low", "no money"),
        ("invalid_api_key", "does not accept"),
        ("VALIDATION_REQUIRED", "verify"),
        ("SERVICE_DISABLED", "not switched on"),
        ("stumbled", "failed"),
        ("barred", "no allowance"),
        ("403", "does not let"),
    ],
)
def test_a_reason_says_what_happened_and_what_to_do(code: str, part: str) -> None:
    reason = words.explain(code)
    assert part in reason.meaning
    assert reason.advice


def test_an_unknown_reason_names_itself() -> None:
    assert "TEAPOT" in words.explain("TEAPOT").meaning


def test_a_sentence_stays_one() -> None:
    said = "Google wants the account's owner to verify it at https://accounts.google.com/x."
    assert words.explain(said).meaning == said


def test_no_two_reasons_claim_one_code() -> None:
    codes = [code for some, _reason in words.families() for code in some]
    assert len(codes) == len(set(codes))


def test_only_what_is_held_has_the_word_of_its_contribution() -> None:
    assert words.state(State.HELD, "paused") == "paused by its lender"
    assert words.state(State.HELD) == "held back"
    assert words.state(State.OFF, "paused") == "off"
