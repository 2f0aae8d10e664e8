"""The shapes that gemini-cli 0.61 reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from proxy.dialects.code_assist import account
from proxy.dialects.code_assist.account import METHODS, OPERATION, PROJECT, Verb
from proxy.errors import GatewayError
from proxy.ir import Dialect
from proxy.operation import Account, Action, Operation

MODELS = [("gemini-3-pro-preview", 10), ("gemini-2.5-flash", 2), ("free", 0)]
RESET = datetime(2026, 1, 2, 8, tzinfo=timezone(timedelta(hours=8)))


def told(verb: Verb, body: bytes = b"{}", **changes: Any) -> dict[str, Any]:
    operation = Operation(Action.LOCAL, Dialect.CODE_ASSIST, verb=verb)
    asker = Account(1, "alice", 100, 45, MODELS)._replace(**changes)
    return account.answer(operation, body, asker)


def test_the_account_has_a_tier_of_ours_and_needs_no_onboarding() -> None:
    answer = told(Verb.LOAD)
    assert answer["currentTier"]["id"] == "standard-tier"
    assert answer["cloudaicompanionProject"] == PROJECT
    assert answer["allowedTiers"] == [{**answer["currentTier"], "isDefault": True}]
    assert "Google" not in str(answer) and "Gemini" not in str(answer)


def test_onboarding_is_done_at_once() -> None:
    answer = told(Verb.ONBOARD)
    assert answer["done"] is True
    assert answer["response"]["cloudaicompanionProject"]["id"] == PROJECT
    assert told(Verb.OPERATION, b"") == {**answer, "name": OPERATION}


def test_every_model_has_the_calls_that_are_left() -> None:
    assert told(Verb.QUOTA)["buckets"] == [
        {
            "modelId": "gemini-3-pro-preview",
            "tokenType": "REQUESTS",
            "remainingAmount": "4",
            "remainingFraction": 0.45,
        },
        {
            "modelId": "gemini-2.5-flash",
            "tokenType": "REQUESTS",
            "remainingAmount": "22",
            "remainingFraction": 0.45,
        },
        {"modelId": "free", "tokenType": "REQUESTS", "remainingFraction": 1.0},
    ]


@pytest.mark.parametrize(
    ("changes", "amount", "fraction"),
    [
        ({"remaining": 9}, "0", 0.0),
        ({"remaining": -5}, "0", 0.0),
        ({"total": 0, "remaining": 0}, "0", 0.0),
        ({"remaining": 300}, "30", 1.0),
        ({"total": None}, "4", 1.0),
        ({"total": None, "remaining": None}, None, 1.0),
    ],
)
def test_what_is_left_is_never_odd(changes: Any, amount: str | None, fraction: float) -> None:
    bucket = told(Verb.QUOTA, **changes)["buckets"][0]
    assert bucket.get("remainingAmount") == amount
    assert bucket["remainingFraction"] == fraction


def test_a_reset_is_told_as_google_tells_it() -> None:
    buckets = told(Verb.QUOTA, reset_at=RESET)["buckets"]
    assert {bucket["resetTime"] for bucket in buckets} == {"2026-01-02T00:00:00Z"}
    assert RESET.astimezone(UTC).hour == 0


def test_nothing_is_switched_on_or_collected() -> None:
    assert told(Verb.EXPERIMENTS) == {"experimentIds": [], "flags": []}
    assert told(Verb.CONTROLS) == {"adminControlsApplicable": False}
    assert told(Verb.METRICS) == {}
    setting = told(Verb.SETTING, b"")
    assert setting == {"cloudaicompanionProject": PROJECT, "freeTierDataCollectionOptin": False}
    assert told(Verb.SET, b'{"freeTierDataCollectionOptin":true}') == setting


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_is_answered(verb: Verb) -> None:
    assert isinstance(told(verb), dict)
    assert verb is Verb.OPERATION or verb in METHODS


def test_a_body_that_is_no_json_is_refused() -> None:
    with pytest.raises(GatewayError):
        told(Verb.METRICS, b"[")
