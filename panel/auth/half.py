"""Half a login: the password was right, the second factor is still asked for.

A cookie of five minutes for the page that asks, signed with a key of its own and bound to the
password's generation. No other door takes it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import jwt
import msgspec
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from panel import password
from panel.auth import tokens

NAME = "potluck_half"
LIFE = timedelta(minutes=5)

_PATH = "/login"
_ISSUER = "potluck-half"
_ALGORITHM = "HS256"


class _Claims(msgspec.Struct):
    iss: str
    exp: int
    generation: int


def keep(request: HttpRequest, response: HttpResponseBase, generation: int, now: datetime) -> None:
    claims = _Claims(_ISSUER, int((now + LIFE).timestamp()), generation)
    response.set_cookie(
        NAME,
        jwt.encode(msgspec.structs.asdict(claims), _key(), _ALGORITHM),
        max_age=LIFE,
        path=_PATH,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )


def find(request: HttpRequest, now: datetime) -> int | None:
    """The generation of the password that was right; None if there is no such cookie, or it is
    over."""
    try:
        payload = jwt.decode(
            request.COOKIES.get(NAME, ""),
            _key(),
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            # The library asks the clock itself; here the time is an argument.
            options={"verify_exp": False},
        )
        claims = msgspec.convert(payload, _Claims)
    except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError):
        return None
    good = now.timestamp() < claims.exp and claims.generation == password.generation()
    return claims.generation if good else None


def drop(response: HttpResponseBase) -> None:
    response.delete_cookie(NAME, path=_PATH, samesite="Strict")


def _key() -> bytes:
    return tokens.key(settings.SECRET_KEY, settings.POTLUCK.panel_password, b"panel half ")
