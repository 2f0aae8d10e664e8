"""What a lender's browser holds between two pages: a cookie that only this gateway can read."""

from __future__ import annotations

import secrets

import msgspec
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from credentials.vault import VaultError
from panel import tending

NAME = "potluck_lender"
_AGE = 3_600


class Browser(msgspec.Struct, frozen=True):
    """`session` is what flows are bound to; the others wait here for a flow's end, because nobody
    else should know them before it. `invite` is a code."""

    session: str
    invite: str = ""
    name: str = ""
    contact: str = ""

    def __repr__(self) -> str:
        return "<Browser>"


def load(request: HttpRequest) -> Browser:
    """A new one for a browser that has none."""
    sent = request.COOKIES.get(NAME, "")
    try:
        return msgspec.json.decode(tending.vault().open(sent.encode()), type=Browser)
    except (VaultError, msgspec.MsgspecError, ValueError):
        return Browser(secrets.token_urlsafe(32))


def keep(request: HttpRequest, response: HttpResponseBase, browser: Browser) -> None:
    """For an hour. Lax: it has to come along when the provider sends the browser back."""
    sealed = tending.vault().seal(msgspec.json.encode(browser).decode()).decode()
    response.set_cookie(
        NAME, sealed, max_age=_AGE, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
