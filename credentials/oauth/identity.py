"""Whose account it is: the e-mail address and the name that its provider tells, made harmless.

They are labels, and what a provider says is some other person's text. One thing is decided by an
address: an account that is here already is not lent once more.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import msgspec

from credentials.issuers import Issuer
from credentials.web import Unreachable, Web

_LONGEST = 200
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"'`&]{1,64}@[^\s@<>()\[\]\\,;:\"'`&]{1,135}")
_NAMES = ("name", "preferred_username", "login", "username")


class Identity(msgspec.Struct, frozen=True):
    """ "" for what is not known."""

    email: str = ""
    name: str = ""


async def fetch(
    web: Web, issuer: Issuer, access_token: str, *, id_token: str = "", proxy: str = ""
) -> Identity:
    """From the provider's userinfo; what that does not tell from the ID token.

    Never fails: an account is as good without a name.
    """
    told = of_token(id_token)
    if not issuer.userinfo_url:
        return told
    headers = {"authorization": f"Bearer {access_token}"}
    try:
        answer = await web.send("GET", issuer.userinfo_url, headers=headers, proxy=proxy)
    except Unreachable:
        return told
    found = of_claims(_object(answer.body)) if answer.status == 200 else Identity()
    return Identity(found.email or told.email, found.name or told.name)


def of_token(id_token: str) -> Identity:
    """Its signature is not checked: it came from the token host itself (OpenID Connect 3.1.3.7)."""
    parts = id_token.split(".")
    if len(parts) != 3:
        return Identity()
    try:
        body = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
    except ValueError:
        return Identity()
    return of_claims(_object(body))


def of_claims(claims: Mapping[str, Any]) -> Identity:
    """Cleaned, at most 200 characters each; an e-mail address that cannot be one is left out."""
    email = cleaned(claims.get("email"))
    name = next((text for each in _NAMES if (text := cleaned(claims.get(each)))), "")
    return Identity(email if _EMAIL.fullmatch(email) else "", name)


def cleaned(value: object) -> str:
    """One line of visible text without angle brackets. Control and direction marks could make a
    list show what is not there."""
    if not isinstance(value, str):
        return ""
    kept = (each if unicodedata.category(each)[0] != "C" else " " for each in value[:1_000])
    return " ".join("".join(kept).replace("<", " ").replace(">", " ").split())[:_LONGEST].rstrip()


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}
