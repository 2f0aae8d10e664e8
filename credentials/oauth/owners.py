"""Whose accounts the pool has. An owner is known by the e-mail address that the provider tells."""

from __future__ import annotations

from django.db.models import Q

from credentials.models import Credential


def of(email: str) -> Q:
    """The credentials of this owner: a label may have been changed since, or come from a file."""
    return Q(label__iexact=email) | Q(extra__email__iexact=email)


def known(provider: str, email: str) -> bool:
    """Whether one of the owner's accounts is here and was not removed."""
    rows = Credential.objects.filter(provider=provider, deleted_at=None)
    return rows.filter(of(email)).exists()
