"""One-time codes of an authenticator (RFC 6238: SHA-1, six digits, half a minute). Pure."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

_STEP = 30
_DRIFT = (0, -1, 1)
"""Steps that a phone's clock may be off, the likeliest first."""


def mint() -> str:
    """A new secret: 160 bits in base32, as every authenticator takes them."""
    return pyotp.random_base32()


def address(secret: str, host: str) -> str:
    """What the picture holds that a phone scans. It is a secret, too."""
    return pyotp.TOTP(secret).provisioning_uri(name=host, issuer_name="Potluck")


def formed(code: str) -> bool:
    """Whether a text can be a code at all."""
    return len(code) == 6 and code.isascii() and code.isdigit()


def step(secret: str, code: str, now: datetime) -> int | None:
    """The half minute since 1970 that a code belongs to; None if it is that of none around now."""
    if not formed(code):
        return None
    current, otp = int(now.timestamp()) // _STEP, pyotp.TOTP(secret)
    fits = [
        current + off
        for off in _DRIFT
        if hmac.compare_digest(otp.generate_otp(current + off), code)
    ]
    return fits[0] if fits else None
