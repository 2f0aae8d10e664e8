"""Links that show a key once: its text is sealed until somebody claims it or the link expires.

The token of a link is random and stored as a digest, like a key; what it opens is sealed with the
vault's keys, which are given as arguments, the first of them to seal with.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.db import transaction
from django.db.models import Q

from keys.models import ApiKey, HandOut
from keys.secret import digest

_LENGTH = 43
_ERASED = b""


def offer(
    keys: Sequence[ApiKey],
    texts: Sequence[str],
    pepper: bytes,
    vault: Sequence[bytes],
    until: datetime,
    using: str = "default",
) -> list[str]:
    """One token for each key, whose text nobody else can read any more."""
    seal = Fernet(vault[0]).encrypt
    tokens = [secrets.token_urlsafe(32) for _ in keys]
    HandOut.objects.using(using).bulk_create(
        HandOut(
            digest=_digest(token, pepper),
            key=key,
            sealed=seal(_mark(key.pk, text)),
            expires_at=until,
        )
        for key, text, token in zip(keys, texts, tokens, strict=True)
    )
    return tokens


def claim(
    token: str, pepper: bytes, vault: Sequence[bytes], now: datetime, using: str = "default"
) -> tuple[ApiKey, str] | None:
    """The key and its text, to the first who asks; None for a link that is used, old or unknown.

    The key's own time begins with its first use, not here.
    """
    if len(token) != _LENGTH or not token.isascii():
        return None
    with transaction.atomic(using=using):
        rows = HandOut.objects.using(using)
        mine = rows.filter(digest=_digest(token, pepper), claimed_at=None, expires_at__gt=now)
        # Whoever changes the row has it.
        if not mine.update(claimed_at=now):
            return None
        found = rows.select_related("key").get(digest=_digest(token, pepper))
        text = None if found.key.deleted else _open(bytes(found.sealed), found.key_id, vault)
        if text is None:
            transaction.set_rollback(True, using=using)
            return None
        rows.filter(pk=found.pk).update(sealed=_ERASED)
    return found.key, text


def prune(now: datetime, *, using: str = "default") -> int:
    """Forgets links that expired, with what they sealed; returns how many."""
    rows = HandOut.objects.using(using)
    return rows.filter(Q(expires_at__lte=now) | Q(key__deleted=True)).delete()[0]


def _digest(token: str, pepper: bytes) -> bytes:
    return digest(f"hand-out {token}", pepper)


def _mark(key_id: int, text: str) -> bytes:
    """Bound to its key: a sealed text that was moved to another row does not open there."""
    return f"{key_id}:{text}".encode()


def _open(sealed: bytes, key_id: int, vault: Sequence[bytes]) -> str | None:
    try:
        text = MultiFernet([Fernet(each) for each in vault]).decrypt(sealed).decode()
    except InvalidToken:
        return None
    mark = f"{key_id}:"
    return text.removeprefix(mark) if text.startswith(mark) else None
