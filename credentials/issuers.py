"""Where accounts get their access tokens: by the operator's configuration alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from credentials.documents import GOOGLE, Document, OAuthAccount, ServiceAccount


class Client(NamedTuple):
    """An OAuth client. `ours`: configured by the operator, not brought by the account."""

    id: str
    secret: str
    ours: bool

    def __repr__(self) -> str:
        return f"<Client {'of the gateway' if self.ours else 'of the account'}>"


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """A token endpoint, and the operator's OAuth client there, if there is one."""

    token_url: str
    client_id: str = ""
    client_secret: str = ""

    def __repr__(self) -> str:
        return f"<Issuer {self.host}>"

    @property
    def host(self) -> str:
        return urlsplit(self.token_url).hostname or ""

    def client(self, document: OAuthAccount) -> Client:
        """A refresh token is good with the client that it was given to, and with no other."""
        if document.client_id and (document.client_secret or document.client_id != self.client_id):
            return Client(document.client_id, document.client_secret, ours=False)
        return Client(self.client_id, self.client_secret, ours=True)


class Issuers(msgspec.Struct, frozen=True):
    """Google's, and those of the registered OAuth providers by name."""

    google: Issuer = Issuer(token_url=GOOGLE)
    providers: Mapping[str, Issuer] = {}

    def find(self, document: Document) -> Issuer:
        """Raises ValueError when nobody configured it."""
        if isinstance(document, ServiceAccount) or not document.provider:
            return self.google
        issuer = self.providers.get(document.provider)
        if issuer is None:
            raise ValueError("The account's OAuth provider is not configured here.")
        return issuer

    def admit(self, document: Document) -> Document:
        """The document as it may be stored: it no longer says where its secret is sent.

        Raises ValueError for one that wants its secret sent elsewhere, and for one that cannot
        be refreshed until the operator has configured a client.
        """
        issuer = self.find(document)
        if document.token_uri and urlsplit(document.token_uri).hostname != issuer.host:
            raise ValueError("The account's token_uri is of a host that is not configured here.")
        if isinstance(document, OAuthAccount) and not issuer.client(document).id:
            raise ValueError(
                "The account has no client_id of its own, and accounts are off until the gateway "
                "has an OAuth client: set GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET."
                if issuer is self.google
                else "The account's OAuth provider has no client_id configured here."
            )
        return replace(document, token_uri="")


def google(base: str, client_id: str = "", client_secret: str = "") -> Issuer:
    """`base` is OAUTH_PROXY_URL: Google's `https://oauth2.googleapis.com`, or what replaces it."""
    url = f"{base.rstrip('/')}/token"
    return Issuer(token_url=url, client_id=client_id, client_secret=client_secret)
