"""An account whose owner has agreed, and that could not be stored: its consent is given back.

Otherwise the provider would go on listing an access that nobody has. Not where the pool may have
another consent of the same owner: some providers, Google among them, revoke all of them at once.
"""

from __future__ import annotations

import logging

from django.db.models import Q

from credentials import sealing, services
from credentials.documents import OAuthAccount
from credentials.kinds import Kind
from credentials.models import Credential
from credentials.oauth import owners
from credentials.oauth.desk import Desk
from credentials.oauth.revoke import Revoked, revoke
from credentials.vault import Vault

log = logging.getLogger(__name__)


def give_back(desk: Desk, document: OAuthAccount) -> None:
    """Best effort: whatever comes of it, what had gone wrong before is what matters."""
    try:
        if _shared(desk.vault, document):
            return
        issuer = desk.issuers.find(document)
        done = isinstance(desk.wait(revoke(desk.web, issuer, document)), Revoked)
    except Exception as error:
        # Only the kind: its text may hold anything.
        log.warning("an account that was not stored is not revoked (%s)", type(error).__name__)
    else:
        said = "is revoked" if done else "could not be revoked at its provider"
        log.info("an account that was not stored %s", said)


def _shared(vault: Vault, document: OAuthAccount) -> bool:
    provider = document.provider or services.HOMES[Kind.CODE_ASSIST]
    rows = Credential.objects.filter(provider=provider, deleted_at=None)
    if not document.email:
        return rows.exists()
    marks = [mark.hex() for mark in vault.fingerprints(sealing.mark(document))]
    return rows.filter(Q(fingerprint__in=marks) | owners.of(document.email)).exists()
