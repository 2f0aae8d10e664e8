"""A session of the administrator and the signed text (JWT, HS256) that stands for it. Pure.

A token is good for an hour. Renewals make further tokens of the same session, which ends twelve
hours after the login; `jti` names the session, so that ending it ends all of its tokens.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

import jwt
import msgspec

LIFE = timedelta(hours=1)
LONGEST = timedelta(hours=12)

_ISSUER = "potluck"
_ALGORITHM = "HS256"


class Session(msgspec.Struct, frozen=True):
    """One login. `generation` is that of the password it was opened with."""

    jti: str
    generation: int
    began: datetime
    issued: datetime
    expires: datetime

    @property
    def ends(self) -> datetime:
        """After which no renewal helps."""
        return self.began + LONGEST

    def ageing(self, now: datetime) -> bool:
        """Whether half of its time is over, and a renewal would give it more."""
        return now - self.issued >= LIFE / 2 and self.expires < self.ends


class _Claims(msgspec.Struct):
    iss: str
    iat: int
    exp: int
    jti: str
    generation: int
    began: int


def key(secret: str, configured: str, purpose: bytes = b"panel session ") -> bytes:
    """The signing key. A changed PANEL_PASSWORD (`configured`) changes it, so it ends sessions."""
    purpose += hashlib.sha256(configured.encode()).digest()
    return hmac.digest(secret.encode(), purpose, "sha256")


def begin(generation: int, now: datetime) -> Session:
    now = now.replace(microsecond=0)
    return Session(secrets.token_urlsafe(24), generation, now, now, now + LIFE)


def renew(session: Session, now: datetime) -> Session:
    """The same session with a full hour again, as far as its twelve hours allow."""
    now = now.replace(microsecond=0)
    expires = min(now + LIFE, session.ends)
    return msgspec.structs.replace(session, issued=now, expires=expires)


def write(session: Session, key: bytes) -> str:
    claims = _Claims(
        iss=_ISSUER,
        iat=int(session.issued.timestamp()),
        exp=int(session.expires.timestamp()),
        jti=session.jti,
        generation=session.generation,
        began=int(session.began.timestamp()),
    )
    return jwt.encode(msgspec.structs.asdict(claims), key, _ALGORITHM)


def read(token: str, key: bytes, now: datetime) -> Session | None:
    """The session of a token that we signed and that is not over; None for any other text."""
    try:
        payload = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            # The library asks the clock itself; here the time is an argument.
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        claims = msgspec.convert(payload, _Claims)
        session = Session(
            claims.jti,
            claims.generation,
            began=datetime.fromtimestamp(claims.began, UTC),
            issued=datetime.fromtimestamp(claims.iat, UTC),
            expires=datetime.fromtimestamp(claims.exp, UTC),
        )
    except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError, OverflowError):
        return None
    return session if now < session.expires else None


def formed(text: str) -> bool:
    """Whether a text looks like a token, rather than like a password."""
    return text.startswith("eyJ") and text.count(".") == 2
