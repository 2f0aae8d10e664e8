"""What a flow carries along as its purpose: that somebody agreed, and on what. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from credentials.lending.terms import Consent
from credentials.lending.wording import Language

CONSOLE = "console"
"""The administrator adds an account for the gateway itself."""


class Draft(msgspec.Struct, frozen=True, array_like=True, tag="lend"):
    """At most 200 characters as text. `at` in seconds of UTC."""

    version: str
    language: Language
    at: int
    day_cap: int = 0
    reward_key_id: int | None = None

    @property
    def consent(self) -> Consent:
        return Consent(self.version, self.language, datetime.fromtimestamp(self.at, UTC))


def write(consent: Consent, day_cap: int, reward_key_id: int | None) -> str:
    at = int(consent.at.timestamp())
    draft = Draft(consent.version, consent.language, at, day_cap, reward_key_id)
    return msgspec.json.encode(draft).decode()


def read(purpose: str) -> Draft | None:
    """None for the console's."""
    return None if purpose == CONSOLE else msgspec.json.decode(purpose, type=Draft)
