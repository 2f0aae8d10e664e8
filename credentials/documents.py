"""Credentials that are documents: service accounts and OAuth accounts. Pure.

`parse` reads what other programs write, `dumps` and `loads` our own form, which is what gets
sealed. No error and no repr quotes a document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec.structs import replace

from credentials.kinds import Kind

GOOGLE = "https://oauth2.googleapis.com/token"
UNIVERSE = "googleapis.com"

# Google's endpoint under its present and its former names, as files of some age have them.
_GOOGLE = frozenset(
    {
        GOOGLE,
        "https://accounts.google.com/o/oauth2/token",
        "https://www.googleapis.com/oauth2/v3/token",
        "https://www.googleapis.com/oauth2/v4/token",
    }
)
_TYPES = frozenset({"", "authorized_user", "gemini", "gemini-cli", "oauth"})
_PLAIN = re.compile(r"[\x21-\x7e]{1,16384}")


class ServiceAccount(msgspec.Struct, frozen=True, kw_only=True, tag="service_account"):
    """A robot of a Google Cloud project. It has a key of its own instead of a refresh token."""

    client_email: str
    private_key: str
    private_key_id: str = ""
    token_uri: str = ""
    project_id: str = ""
    universe_domain: str = UNIVERSE

    def __repr__(self) -> str:
        return f"<ServiceAccount of {self.project_id!r}>"


class OAuthAccount(msgspec.Struct, frozen=True, kw_only=True, tag="oauth"):
    """A person's account. `provider` is "" for Google, else the name of a registered provider.

    `token_uri` "" stands for the operator's own; nothing else is ever stored or asked.
    `lineage` is the SHA-256 of the first refresh token, when that was rotated since.
    """

    refresh_token: str
    client_id: str = ""
    client_secret: str = ""
    token_uri: str = ""
    scopes: tuple[str, ...] = ()
    access_token: str = ""
    expires_at: datetime | None = None
    project: str = ""
    email: str = ""
    provider: str = ""
    lineage: str = ""

    def __repr__(self) -> str:
        return f"<OAuthAccount of {self.provider or 'Google'}>"


Document = ServiceAccount | OAuthAccount
Secret = str | Document
"""A key that is sent as it is, or a document that access tokens are made from."""

_LOADED: msgspec.json.Decoder[Document] = msgspec.json.Decoder(Document)


def parse(data: Mapping[str, Any]) -> Document:
    """A document of gemini-cli, gcloud, the Cloud console or another gateway.

    Google's own `token_uri` is left out, so that the configured one takes its place; a foreign
    one is kept for `Issuers.admit` to judge. Raises ValueError.
    """
    if data.get("type") == "service_account" or "private_key" in data:
        return _service(data)
    if _text(data, "type") not in _TYPES:
        raise ValueError("This type of account cannot be imported.")
    return _oauth(data)


def dumps(document: Document) -> str:
    """For sealing."""
    return msgspec.json.encode(document).decode()


def loads(text: str) -> Document:
    """The inverse of `dumps`. Raises ValueError, which does not quote `text`."""
    try:
        return _LOADED.decode(text)
    except msgspec.MsgspecError:
        raise ValueError("A stored document cannot be read.") from None


def fingerprint_text(document: Document) -> str:
    """What stays the same while access tokens come and refresh tokens are rotated."""
    match document:
        case ServiceAccount():
            return f"{document.client_email} {document.private_key_id or document.private_key}"
        case OAuthAccount():
            return document.lineage or _digest(document.refresh_token)


def kind(document: Document) -> Kind:
    """The kind of credential that has such a document."""
    match document:
        case ServiceAccount():
            return Kind.VERTEX
        case OAuthAccount():
            return Kind.PROVIDER_OAUTH if document.provider else Kind.CODE_ASSIST


def renewed(
    document: OAuthAccount, access_token: str, expires_at: datetime, refresh_token: str = ""
) -> OAuthAccount:
    """With new tokens. Without a new refresh token the old one stays."""
    document = replace(document, access_token=access_token, expires_at=expires_at)
    if refresh_token in ("", document.refresh_token):
        return document
    return replace(document, refresh_token=refresh_token, lineage=fingerprint_text(document))


def plain(text: str, what: str) -> str:
    """`text` without blanks around it; it goes into forms and headers. Raises ValueError."""
    text = text.strip()
    if text and not _PLAIN.fullmatch(text):
        raise ValueError(f"The account's {what} has characters that it cannot have.")
    return text


def _service(data: Mapping[str, Any]) -> ServiceAccount:
    email, key = _text(data, "client_email"), _text(data, "private_key")
    if not email or not key:
        raise ValueError("The service account has no client_email or no private_key.")
    _universe(data)
    return ServiceAccount(
        client_email=plain(email, "client_email"),
        private_key=_pem(key),
        private_key_id=plain(_text(data, "private_key_id"), "private_key_id"),
        token_uri=_endpoint(_text(data, "token_uri")),
        project_id=plain(_text(data, "project_id"), "project_id"),
    )


def _oauth(data: Mapping[str, Any]) -> OAuthAccount:
    # Older CLIProxyAPI keeps the tokens in an object of their own; elsewhere `token` is the
    # access token.
    nested = data.get("token")
    if isinstance(nested, Mapping):
        data = {**data, "token": "", **nested}
    refresh_token = _text(data, "refresh_token")
    if not refresh_token:
        raise ValueError("The account has no refresh_token: authorise it with offline access.")
    _universe(data)
    ours = data.get("type") == "oauth"
    return OAuthAccount(
        refresh_token=plain(refresh_token, "refresh_token"),
        client_id=plain(_text(data, "client_id"), "client_id"),
        client_secret=plain(_text(data, "client_secret"), "client_secret"),
        token_uri=_endpoint(_text(data, "token_uri")),
        scopes=_scopes(data.get("scopes") or data.get("scope")),
        access_token=plain(_text(data, "access_token", "token"), "access_token"),
        expires_at=_moment(_first(data, "expiry", "expires_at", "expiry_date")),
        project=plain(_text(data, "project_id", "project"), "project_id"),
        email=_text(data, "email", "account")[:200],
        provider=_text(data, "provider") if ours else "",
        lineage=_text(data, "lineage") if ours else "",
    )


def _first(data: Mapping[str, Any], *names: str) -> object:
    return next((data[each] for each in names if data.get(each)), None)


def _text(data: Mapping[str, Any], *names: str) -> str:
    value = _first(data, *names)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"The account's {names[0]} is not a text.")
    return (value or "").strip()


def _pem(text: str) -> str:
    """Checked now: a key that cannot sign would only be found out by the first request."""
    text = text.replace("\\n", "\n").strip() + "\n"
    try:
        if isinstance(load_pem_private_key(text.encode(), password=None), RSAPrivateKey):
            return text
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass  # Their texts describe the key.
    raise ValueError("The service account's private_key is no RSA key in PEM form.")


def _universe(data: Mapping[str, Any]) -> None:
    if _text(data, "universe_domain") not in ("", UNIVERSE):
        raise ValueError(f"The account belongs to another cloud than {UNIVERSE}.")


def _endpoint(url: str) -> str:
    if not url or url in _GOOGLE:
        return ""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValueError("The account's token_uri must be an https address.")
    return url


def _scopes(value: object) -> tuple[str, ...]:
    texts = value.split() if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        return ()
    return tuple(plain(text, "scope") for text in texts if isinstance(text, str) and text.strip())


def _moment(value: object) -> datetime | None:
    """ISO 8601 (without an offset: UTC) or an epoch in seconds or milliseconds.

    None for what is neither: then the access token counts as expired, and is made anew.
    """
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
