"""What of a credential is sealed, and by what it is known again: a key as it is, or a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from credentials import documents
from credentials.documents import Document, OAuthAccount, Secret, ServiceAccount
from credentials.kinds import Kind
from credentials.vault import Vault

ACCOUNTS = frozenset({Kind.VERTEX, Kind.CODE_ASSIST, Kind.PROVIDER_OAUTH})
"""Kinds whose secret may be a document. Vertex takes plain keys, too."""

HIDDEN = "…"
"""The name of a secret that is too short to show a part of it."""

_KEY = re.compile(r"(?!\{)[\x21-\x7e]{1,4096}")


class Item(NamedTuple):
    """`text` gets sealed, `mark` is fingerprinted; `name` and `extra` are for everybody to see."""

    text: str
    mark: str
    name: str
    extra: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"<Item {self.name}>"


def item(kind: Kind, secret: Secret) -> Item:
    """Raises ValueError, without the secret, for what cannot be one of this kind."""
    if isinstance(secret, str):
        if kind in (Kind.CODE_ASSIST, Kind.PROVIDER_OAUTH):
            raise ValueError("An account is a document, not a key.")
        text = checked(secret)
        return Item(text, text, mask(text), {})
    if kind is not documents.kind(secret):
        raise ValueError("This kind of credential does not have such a document.")
    if secret.token_uri:
        # Only Issuers.admit takes it out.
        raise ValueError("The account's token_uri was not checked.")
    return Item(
        documents.dumps(secret),
        documents.fingerprint_text(secret),
        _name(secret),
        # A Code Assist project is found out, not believed.
        {"project": secret.project_id} if isinstance(secret, ServiceAccount) else {},
    )


def opened(vault: Vault, kind: Kind, sealed: str) -> Secret:
    """Raises VaultError, and ValueError for a document that cannot be read."""
    text = vault.open(sealed.encode())
    return documents.loads(text) if kind in ACCOUNTS and text.startswith("{") else text


def mark(secret: Secret) -> str:
    """By what it is known again."""
    return secret if isinstance(secret, str) else documents.fingerprint_text(secret)


def _name(document: Document) -> str:
    match document:
        case ServiceAccount():
            return document.client_email
        case OAuthAccount():
            return document.email or mask(document.refresh_token)


def checked(secret: str) -> str:
    """A key goes into a header: printable ASCII without spaces. Raises ValueError."""
    secret = secret.strip()
    if not _KEY.fullmatch(secret):
        raise ValueError("A key has 1 to 4096 printable ASCII characters and no spaces.")
    return secret


def mask(secret: str) -> str:
    """`AIza…x3Fg`: enough for its owner to know it again, too little to use it."""
    return f"{secret[:4]}…{secret[-4:]}" if len(secret) >= 24 else HIDDEN
