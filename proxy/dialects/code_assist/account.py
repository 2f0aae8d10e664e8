"""What a Code Assist client asks about its account: answered from the gateway's own books.

The account is the caller's key. Its tier has the id of a paying organisation's, because with that
the official client asks for no consent, onboarding or project of Google's; the name is our own.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import assert_never

from proxy.bodies import check
from proxy.dialects.base import JSON
from proxy.operation import Account, Operation

PROJECT = "potluck"
"""What clients are told to name as their project. The upstream gets the account's real one."""

OPERATION = "operations/onboarded"
"""Onboarding is done at once, so this is the only operation there is."""


class Verb(enum.StrEnum):
    LOAD = "loadCodeAssist"
    ONBOARD = "onboardUser"
    OPERATION = "operations"
    QUOTA = "retrieveUserQuota"
    EXPERIMENTS = "listExperiments"
    CONTROLS = "fetchAdminControls"
    METRICS = "recordCodeAssistMetrics"
    SETTING = "getCodeAssistGlobalUserSetting"
    SET = "setCodeAssistGlobalUserSetting"


METHODS: Mapping[str, str] = {
    verb: "GET" if verb is Verb.SETTING else "POST" for verb in Verb if verb is not Verb.OPERATION
}
"""How `/v1internal:{verb}` is called."""

_TIER: JSON = {
    "id": "standard-tier",
    "name": "Potluck",
    "description": "Answers come through this gateway, as far as the quota of your key goes.",
}


def answer(operation: Operation, body: bytes, account: Account) -> JSON:
    """Raises INVALID_REQUEST for a body that is no JSON object."""
    if body:
        check(body)
    match Verb(operation.verb):
        case Verb.LOAD:
            return _loaded()
        case Verb.ONBOARD | Verb.OPERATION:
            return _onboarded()
        case Verb.QUOTA:
            return {"buckets": [_bucket(name, units, account) for name, units in account.models]}
        case Verb.EXPERIMENTS:
            return {"experimentIds": [], "flags": []}
        case Verb.CONTROLS:
            return {"adminControlsApplicable": False}
        case Verb.METRICS:
            return {}
        case Verb.SETTING | Verb.SET:
            # Nothing is collected, whatever was set.
            return {"cloudaicompanionProject": PROJECT, "freeTierDataCollectionOptin": False}
        case other:
            assert_never(other)


def _loaded() -> JSON:
    return {
        "currentTier": _TIER,
        "allowedTiers": [{**_TIER, "isDefault": True}],
        "cloudaicompanionProject": PROJECT,
    }


def _onboarded() -> JSON:
    project = {"id": PROJECT, "name": _TIER["name"]}
    return {"name": OPERATION, "done": True, "response": {"cloudaicompanionProject": project}}


def _bucket(model: str, units: int, account: Account) -> JSON:
    """How many calls of the model the key still covers; no amount where nothing limits them.

    A client that finds no preview model listed asks for none (seen in gemini-cli), so every model
    has its bucket.
    """
    body: JSON = {"modelId": model, "tokenType": "REQUESTS", "remainingFraction": 1.0}
    left, total = account.remaining, account.total
    if units > 0 and left is not None:
        calls = max(left, 0) // units
        body["remainingAmount"] = str(calls)
        body["remainingFraction"] = min(left / total, 1.0) if calls and total else float(calls > 0)
    if account.reset_at is not None:
        body["resetTime"] = _zulu(account.reset_at)
    return body


def _zulu(moment: datetime) -> str:
    """As Google writes a time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
