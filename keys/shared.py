"""The one password that a trusted group may use in place of a key (API_PASSWORD).

It stands for a key of its own, which is counted like any other: its secret is made of the password
and the pepper, so nobody can use it but through the password.
"""

from __future__ import annotations

from keys import secret
from keys.change import change
from keys.models import ApiKey
from keys.revisions import KEYS

LABEL = "API_PASSWORD"


def provide(password: str, pepper: bytes, *, using: str = "default") -> None:
    """Makes the password's key if there is none, and switches those of earlier passwords off."""
    digest = secret.digest(secret.shared(password, pepper), pepper) if password else b""
    ours = ApiKey.objects.using(using).filter(created_by=LABEL, deleted=False)
    others = ours.exclude(digest=digest).filter(enabled=True)
    row = ours.filter(digest=digest).first()
    if not others.exists() and (not password or (row is not None and row.enabled)):
        return
    with change(KEYS, using) as revision:
        others.update(enabled=False, revision=revision)
        if row is not None:
            ours.filter(pk=row.pk).update(enabled=True, revision=revision)
        elif password:
            ApiKey.objects.using(using).create(
                digest=digest,
                masked=LABEL,
                description=LABEL,
                created_by=LABEL,
                revision=revision,
            )
