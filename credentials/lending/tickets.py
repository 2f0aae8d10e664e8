"""The token of a receipt's link and the code of an invite: made once, stored as digests. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

LENGTH = 43
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_GROUPS, _SIZE = 4, 5

_token = re.compile(rf"[A-Za-z0-9_-]{{{LENGTH}}}", re.ASCII)
_code = re.compile(rf"[{_ALPHABET}]{{{_GROUPS * _SIZE}}}", re.ASCII)


def token() -> str:
    """256 bits of chance in 43 url-safe characters."""
    return secrets.token_urlsafe(32)


def code() -> str:
    """`7K2QX-…`, 99 bits: for people to pass on, without letters that look like others."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_SIZE)) for _ in range(_GROUPS))
    return "-".join(groups)


def of_token(text: str, pepper: bytes) -> str:
    """The digest to look for. A text that is no token has one too, which nothing can have: a
    look-up takes as long for either."""
    return _digest(b"receipt", text if _token.fullmatch(text) else "", pepper)


def of_code(text: str, pepper: bytes) -> str:
    """The same for a code, however it was typed."""
    text = text[:100].upper().replace("-", "").replace(" ", "")
    return _digest(b"invite", text if _code.fullmatch(text) else "", pepper)


def _digest(what: bytes, text: str, pepper: bytes) -> str:
    return hmac.digest(pepper, what + b"\0" + text.encode(), hashlib.sha256).hex()
