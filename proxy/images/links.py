"""Links to stored pictures: whoever has one may look until it expires, and nobody can make one.

Pure.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from proxy.images import names

PREFIX = "/media/"

_PATH = re.compile(rf"{PREFIX}([1-9][0-9]{{0,11}})\.([A-Za-z0-9_-]{{43}})/({names.PATTERN})")
# What is signed begins with this, so that the key may serve other purposes too.
_PURPOSE = b"potluck media link\0"


class Links:
    """`/media/{expiry}.{signature}/{name}`: expiry in Unix seconds, HMAC-SHA-256 in base64url.

    The first of `keys` signs; links of the others still hold.
    """

    def __init__(self, keys: Sequence[bytes], lifetime: timedelta) -> None:
        if not keys or not all(len(key) >= 16 for key in keys):
            raise ValueError("a key of 16 bytes or more is needed")
        self._keys = tuple(keys)
        self._lifetime = lifetime

    def path(self, name: str, now: datetime) -> str:
        expiry = int((now + self._lifetime).timestamp())
        return f"{PREFIX}{expiry}.{_sign(self._keys[0], expiry, name)}/{name}"

    def open(self, path: str, now: datetime) -> tuple[str, timedelta] | None:
        """The name and how long the link still holds; None for any path that is no valid link."""
        found = _PATH.fullmatch(path)
        if found is None:
            return None
        expiry, signature, name = int(found[1]), found[2], found[3]
        signed = [hmac.compare_digest(_sign(key, expiry, name), signature) for key in self._keys]
        left = timedelta(seconds=expiry - now.timestamp())
        return (name, left) if any(signed) and left > timedelta(0) else None


def _sign(key: bytes, expiry: int, name: str) -> str:
    digest = hmac.new(key, _PURPOSE + f"{expiry}/{name}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
