"""An administrator whose login asks for a code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp

from panel.auth import factor, tokens, totp

EARLIER = datetime(2026, 1, 1, tzinfo=UTC)
"""Before any clock of a test."""


class Phone:
    """An authenticator that was set up; `recovery` are the codes on paper."""

    def __init__(self, recovery: list[str], secret: str) -> None:
        self.recovery = recovery
        self.secret = secret
        self._otp = pyotp.TOTP(secret)

    def code(self, now: datetime, off: int = 0) -> str:
        """`off`: so many half minutes later."""
        return str(self._otp.at(now + timedelta(seconds=30 * off)))

    def wrong(self, now: datetime) -> str:
        near = {self.code(now, off) for off in range(-2, 3)}
        return next(text for each in range(10) if (text := f"{each:06}") not in near)


def set_up(now: datetime = EARLIER) -> Phone:
    """Switches the second factor on."""
    found = factor.propose(tokens.begin(0, now), now)
    step = totp.step(found.secret, pyotp.TOTP(found.secret).at(now), now)
    assert step is not None
    return Phone(factor.enable(found, step, now), found.secret)
