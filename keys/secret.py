"""The text of an API key: minting, recognising, digesting, masking. Pure."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Callable

PREFIX = "sk-"
BODY = 43  # 32 random bytes in unpadded base64url
LENGTH = len(PREFIX) + BODY

_match = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{{BODY}}}", re.ASCII).fullmatch


def mint() -> str:
    """A new key with 256 bits of entropy. It is shown once and never stored."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str, pepper: bytes) -> bytes:
    """HMAC-SHA-256, 32 bytes: what is stored, and what a look-up compares.

    A fast digest is enough, since the key is random and cannot be guessed from a dump; the pepper
    lies outside the database, so that a dump alone does not even confirm a guess.
    """
    return hmac.digest(pepper, secret.encode(), "sha256")


def digester(pepper: bytes) -> Callable[[str], bytes]:
    """`digest` for many secrets in turn. Beginning from a copy of the keyed state it is faster, and
    keeps the interpreter's lock, which `hmac.digest` would give up in the middle of a request."""
    keyed = hmac.new(pepper, digestmod="sha256")

    def digest(secret: str) -> bytes:
        made = keyed.copy()
        made.update(secret.encode())
        return made.digest()

    return digest


def shared(password: str, pepper: bytes) -> str:
    """The key that a shared password stands for: nobody can use it but through the password."""
    body = hmac.digest(pepper, b"shared password\0" + password.encode(), "sha256")
    return PREFIX + base64.urlsafe_b64encode(body).rstrip(b"=").decode("ascii")


def mask(secret: str) -> str:
    """`sk-AbCdEf...456`: enough to recognise a key, nothing to use it with."""
    if not wellformed(secret):
        return f"{PREFIX}..."
    return f"{secret[:9]}...{secret[-3:]}"


def wellformed(secret: str) -> bool:
    """Length and alphabet only: what any other text is refused by, before a digest is made."""
    return len(secret) == LENGTH and _match(secret) is not None
