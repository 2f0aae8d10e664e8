"""Secrets at rest: sealed with Fernet, told apart by a keyed fingerprint."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultError(Exception):
    """A secret cannot be sealed or opened. The text names neither the secret nor a key."""


class Vault:
    """`keys` are urlsafe-base64 Fernet keys; the first seals, all of them open.

    To change the key put the new one first, rotate what is stored, then take the old one away.
    """

    __slots__ = ("_fernet", "_markers")

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise VaultError("The vault needs at least one key.")
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise VaultError("A vault key must be 32 bytes in urlsafe base64.") from error
        self._markers = [hmac.digest(key, b"potluck fingerprint", hashlib.sha256) for key in keys]

    def __repr__(self) -> str:
        return f"<Vault with {len(self._markers)} keys>"

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def open(self, token: bytes) -> str:
        """Raises VaultError when no present key fits."""
        try:
            return self._fernet.decrypt(token).decode()
        except InvalidToken:
            raise VaultError("A sealed secret cannot be opened with the present keys.") from None

    def rotate(self, token: bytes) -> bytes:
        """The same secret under the first key. Raises VaultError."""
        try:
            return self._fernet.rotate(token)
        except InvalidToken:
            raise VaultError("A sealed secret cannot be opened with the present keys.") from None

    def fingerprint(self, text: str) -> bytes:
        """HMAC-SHA-256, 32 bytes: equal for equal secrets, under the first key."""
        return hmac.digest(self._markers[0], text.encode(), hashlib.sha256)

    def fingerprints(self, text: str) -> tuple[bytes, ...]:
        """Under every key, the first one first: finds what was stored before a rotation."""
        return tuple(hmac.digest(mark, text.encode(), hashlib.sha256) for mark in self._markers)
