"""The administrator's password: from the environment, or generated at the first start.

bcrypt takes a quarter of a second by design: never call `matches`, `change` or `ensure` on the
event loop.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

import bcrypt
from django.db.models import F

from panel.models import PanelPassword

SHORTEST = 8
LONGEST = 1_000

# Without characters that look alike: people type it from one screen into another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def generate() -> str:
    """16 characters in groups of four, 79 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def ensure(configured: str) -> str | None:
    """The password, if one had to be made just now: it can be shown this once only."""
    if configured or PanelPassword.objects.exists():
        return None
    password = generate()
    _, created = PanelPassword.objects.get_or_create(
        id=PanelPassword.ONLY, defaults={"hash": _hash(password)}
    )
    return password if created else None


def change(password: str) -> None:
    """Sets the stored password, which ends every session."""
    hashed = _hash(password)
    PanelPassword.objects.update_or_create(
        id=PanelPassword.ONLY,
        defaults={"hash": hashed, "generation": F("generation") + 1},
        create_defaults={"hash": hashed},
    )


def matches(attempt: str, configured: str) -> bool:
    """`configured` is PANEL_PASSWORD; set, it alone counts."""
    if configured:
        return hmac.compare_digest(_digest(attempt), _digest(configured))
    row = PanelPassword.objects.first()
    return row is not None and bcrypt.checkpw(_digest(attempt), row.hash.encode())


def generation() -> int:
    """How often the stored password was set; 0 when there is none."""
    found = PanelPassword.objects.values_list("generation", flat=True).first()
    return found or 0


def _hash(password: str) -> str:
    return bcrypt.hashpw(_digest(password), bcrypt.gensalt(12)).decode()


def _digest(password: str) -> bytes:
    """bcrypt reads 72 bytes and stops at a NUL: a digest makes every character count."""
    return base64.b64encode(hashlib.sha256(password.encode()).digest())
