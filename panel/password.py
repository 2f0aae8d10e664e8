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


def generate(groups: int = 4) -> str:
    """Groups of four characters, of nearly 20 bits each."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(groups))


def ensure(configured: str) -> str | None:
    """The password, if one had to be made just now: it can be shown this once only."""
    rows = PanelPassword.objects
    if configured or rows.exclude(hash="").exists():
        return None
    password = generate()
    hashed = _hash(password)
    _, made = rows.get_or_create(id=PanelPassword.ONLY, defaults={"hash": hashed})
    return password if made or rows.filter(hash="").update(hash=hashed) else None


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
    return (
        row is not None and row.hash != "" and bcrypt.checkpw(_digest(attempt), row.hash.encode())
    )


def advance() -> None:
    """Ends every session; the password stays what it is."""
    PanelPassword.objects.update_or_create(
        id=PanelPassword.ONLY,
        defaults={"generation": F("generation") + 1},
        create_defaults={"hash": ""},
    )


def generation() -> int:
    """How often sessions were ended by another password, or all at once; 0 before the first."""
    found = PanelPassword.objects.values_list("generation", flat=True).first()
    return found or 0


def _hash(password: str) -> str:
    return bcrypt.hashpw(_digest(password), bcrypt.gensalt(12)).decode()


def _digest(password: str) -> bytes:
    """bcrypt reads 72 bytes and stops at a NUL: a digest makes every character count."""
    return base64.b64encode(hashlib.sha256(password.encode()).digest())
