"""Proof that who redeems a code is who asked for it (RFC 7636, S256). Pure."""

from __future__ import annotations

import base64
import hashlib
import secrets


def verifier() -> str:
    """86 characters, 512 random bits."""
    return secrets.token_urlsafe(64)


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
