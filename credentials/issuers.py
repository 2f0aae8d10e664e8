"""Where accounts get their access tokens: by the operator's configuration alone. Pure."""

from __future__ import annotations

import base64
import enum
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote_plus, urlsplit

import msgspec
from msgspec.structs import replace

from credentials.documents import GOOGLE, Document, OAuthAccount, ServiceAccount

GOOGLE_NAME = "google"
"""By this name people ask for Google; its documents have the provider ""."""
CLOUD = "https://www.googleapis.com/auth/cloud-platform"
_PROFILE = "https://www.googleapis.com/auth/userinfo."
GOOGLE_SCOPES = (CLOUD, f"{_PROFILE}email", f"{_PROFILE}profile")
_GOOGLE_ACCOUNTS = "https://accounts.google.com"


class Auth(enum.StrEnum):
    """How a client says who it is: in the form, or in a header (RFC 6749, 2.3.1)."""

    POST = "post"
    BASIC = "basic"


class Risk(enum.StrEnum):
    """What lending such an account means to its owner. `consumer`: many vendors' terms forbid it,
    and it may cost the account."""

    OFFICIAL = "official"
    CONSUMER = "consumer"


class Client(NamedTuple):
    """An OAuth client. `ours`: configured by the operator, not brought by the account."""

    id: str
    secret: str
    ours: bool

    def __repr__(self) -> str:
        return f"<Client {'of the gateway' if self.ours else 'of the account'}>"


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """A token endpoint, and the operator's OAuth client there, if there is one.

    The other addresses are "" where the service has none. `redirect_uri` is for clients that are
    registered with an address of their own, and `parameters` go into the consent page's address.
    `issuer` is what the service calls itself in its answers (RFC 9207); unless `names_itself`, an
    answer may leave it out. Without `needs`, consent was given to too little.
    """

    token_url: str
    client_id: str = ""
    client_secret: str = ""
    authorize_url: str = ""
    device_url: str = ""
    revoke_url: str = ""
    userinfo_url: str = ""
    scopes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    pkce: bool = True
    redirect_uri: str = ""
    parameters: Mapping[str, str] = {}
    issuer: str = ""
    names_itself: bool = True
    auth: Auth = Auth.POST
    risk: Risk = Risk.CONSUMER

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

    def presented(
        self, client: Client, form: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """`form` and the headers with which `client` asks this service."""
        bare = {name: text for name, text in form.items() if not name.startswith("client_")}
        if self.auth is Auth.BASIC and client.secret:
            pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
            return bare, {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        bare["client_id"] = client.id
        return bare | ({"client_secret": client.secret} if client.secret else {}), {}


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

    def named(self, provider: str) -> Issuer | None:
        """Of `google` or a registered provider; None unless the operator has a client there."""
        issuer = self.google if provider == GOOGLE_NAME else self.providers.get(provider)
        return issuer if issuer is not None and issuer.client_id else None

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


def google(
    base: str,
    client_id: str = "",
    client_secret: str = "",
    *,
    accounts: str = _GOOGLE_ACCOUNTS,
    apis: str = "https://www.googleapis.com",
    redirect_uri: str = "",
) -> Issuer:
    """`base` is OAUTH_PROXY_URL: Google's `https://oauth2.googleapis.com`, or what replaces it.

    So are `accounts` (the consent page, which the browser opens) and `apis` (whose account it is).
    """
    base = base.rstrip("/")
    return Issuer(
        token_url=f"{base}/token",
        revoke_url=f"{base}/revoke",
        authorize_url=f"{accounts.rstrip('/')}/o/oauth2/v2/auth",
        userinfo_url=f"{apis.rstrip('/')}/oauth2/v2/userinfo",
        client_id=client_id,
        client_secret=client_secret,
        scopes=GOOGLE_SCOPES,
        needs=(CLOUD,),
        redirect_uri=redirect_uri,
        # Without both Google gives a refresh token only to who consents for the first time.
        parameters={"access_type": "offline", "prompt": "consent"},
        issuer=_GOOGLE_ACCOUNTS,
        names_itself=False,
    )
