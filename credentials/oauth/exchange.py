"""What a provider's token host is asked while an account is being connected, and what it says.

RFC 6749 (authorization_code), 8628 (device_code). Errors become sentences of our own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from credentials import documents, grants
from credentials.documents import OAuthAccount
from credentials.grants import Denied
from credentials.issuers import GOOGLE_NAME, Client, Issuer
from credentials.oauth import identity
from credentials.oauth.identity import Identity
from credentials.oauth.troubles import FlowError, Trouble
from credentials.web import Unreachable, Web

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}")
_SCOPES = 50
_TROUBLES: Mapping[str, Trouble] = {
    "access_denied": Trouble.DENIED,
    "invalid_grant": Trouble.STALE,
    "bad_verification_code": Trouble.STALE,
    "expired_token": Trouble.EXPIRED,
    "invalid_client": Trouble.CLIENT,
    "unauthorized_client": Trouble.CLIENT,
    "redirect_uri_mismatch": Trouble.CLIENT,
    "invalid_scope": Trouble.CLIENT,
    "server_error": Trouble.AWAY,
    "temporarily_unavailable": Trouble.AWAY,
}


class Reply(msgspec.Struct, frozen=True):
    """`data` is the JSON object of the answer without its nulls, {} if there is none."""

    status: int
    data: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"<Reply {self.status}>"

    @property
    def error(self) -> str:
        """The provider's code; some send one along with 200."""
        return self.text("error")

    def text(self, name: str) -> str:
        value = self.data.get(name)
        return value if isinstance(value, str) else ""

    def refused(self) -> FlowError:
        """What an answer that is no success means."""
        if self.error:
            return refusal(self.error)
        return FlowError(Trouble.AWAY if self.status >= 500 else Trouble.REFUSED)


class Lent(msgspec.Struct, frozen=True):
    """A whole account, and whose it is."""

    document: OAuthAccount
    who: Identity

    def __repr__(self) -> str:
        return f"<Lent {self.document!r}>"


def refusal(code: str) -> FlowError:
    """Of an error code (RFC 6749 4.1.2.1 and 5.2, RFC 8628 3.5)."""
    return FlowError(_TROUBLES.get(code, Trouble.REFUSED), code)


async def ask(web: Web, issuer: Issuer, url: str, form: Mapping[str, str]) -> Reply:
    """As the operator's client. Raises FlowError when there is no answer."""
    client = Client(issuer.client_id, issuer.client_secret, ours=True)
    body, headers = issuer.presented(client, form)
    try:
        answer = await web.send("POST", url, form=body, headers=headers)
    except Unreachable:
        raise FlowError(Trouble.AWAY) from None
    try:
        data = msgspec.json.decode(answer.body, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        data = {}
    return Reply(answer.status, {name: each for name, each in data.items() if each is not None})


async def redeem(
    web: Web, provider: str, issuer: Issuer, form: Mapping[str, str], now: datetime
) -> Lent:
    """The account for a code. Raises FlowError."""
    reply = await ask(web, issuer, issuer.token_url, form)
    if reply.error or reply.status != 200:
        raise reply.refused()
    return await lent(web, provider, issuer, reply, now)


async def lent(web: Web, provider: str, issuer: Issuer, reply: Reply, now: datetime) -> Lent:
    """The account in a token host's good answer. Raises FlowError."""
    document = account(provider, issuer, reply, now)
    token = document.access_token
    who = await identity.fetch(web, issuer, token, id_token=reply.text("id_token"))
    return Lent(msgspec.structs.replace(document, email=who.email), who)


def account(provider: str, issuer: Issuer, reply: Reply, now: datetime) -> OAuthAccount:
    """Raises FlowError for an answer that cannot be used, or not for long."""
    if reply.text("token_type").lower() not in ("", "bearer"):
        raise FlowError(Trouble.REFUSED)
    try:
        granted = grants.read(200, msgspec.json.encode(reply.data), now, None)
    except Denied:
        raise FlowError(Trouble.AWAY) from None
    if not granted.refresh_token:
        google = provider == GOOGLE_NAME
        raise FlowError(Trouble.NO_REFRESH_GOOGLE if google else Trouble.NO_REFRESH)
    told = tuple(filter(_SCOPE.fullmatch, reply.text("scope").split()))[:_SCOPES]
    if told and not set(issuer.needs) <= set(told):
        raise FlowError(Trouble.SCOPES)
    return documents.renewed(
        OAuthAccount(
            refresh_token=granted.refresh_token,
            # Its tokens are good with this client only, also when another one is configured later.
            client_id=issuer.client_id,
            scopes=told or issuer.scopes,
            provider="" if provider == GOOGLE_NAME else provider,
        ),
        granted.access_token,
        granted.expires_at,
    )
