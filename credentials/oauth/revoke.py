"""Giving an account back: its tokens are made worthless at the provider (RFC 7009, and Google)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials.documents import Document, ServiceAccount
from credentials.issuers import Issuer
from credentials.web import Unreachable, Web


class Why(enum.StrEnum):
    ROBOT = "robot"
    NO_ADDRESS = "no_address"
    CLIENT = "client"
    REFUSED = "refused"
    AWAY = "away"


_SENTENCES: Mapping[Why, str | Promise] = {
    Why.ROBOT: _("A service account's key cannot be revoked from here: delete it in its project."),
    Why.NO_ADDRESS: _(
        "This provider has no address here at which tokens are revoked. Remove this gateway's "
        "access in the settings of your account there."
    ),
    Why.CLIENT: _(
        "The provider does not accept this gateway as a client any more, so it did not revoke the "
        "access. Remove it in the settings of your account there."
    ),
    Why.REFUSED: _(
        "The provider did not revoke the access. Remove it in the settings of your account there."
    ),
    Why.AWAY: _(
        "The provider could not be reached to revoke the access. Remove it in the settings of your "
        "account there."
    ),
}


@dataclass(frozen=True, slots=True)
class Revoked:
    """The provider no longer takes the account's tokens."""


@dataclass(frozen=True, slots=True)
class NotRevoked:
    """`again`: it may work later. `why` is what to store, `reason` the sentence for a person."""

    why: Why
    again: bool = False

    @property
    def reason(self) -> str:
        return str(_SENTENCES[self.why])


async def revoke(
    web: Web, issuer: Issuer, document: Document, *, proxy: str = ""
) -> Revoked | NotRevoked:
    """`issuer` is the document's own (`Issuers.find`), `proxy` as in `Access`.

    A token that the provider no longer knows counts as revoked. Never raises.
    """
    if isinstance(document, ServiceAccount):
        return NotRevoked(Why.ROBOT)
    if not issuer.revoke_url:
        return NotRevoked(Why.NO_ADDRESS)
    headers: Mapping[str, str] = {}
    form = {"token": document.refresh_token}
    # Google wants the token and nothing else, and takes the grant away with it.
    if document.provider:
        form["token_type_hint"] = "refresh_token"  # noqa: S105 - the kind of it
        form, headers = issuer.presented(issuer.client(document), form)
    try:
        answer = await web.send("POST", issuer.revoke_url, form=form, headers=headers, proxy=proxy)
    except Unreachable:
        return NotRevoked(Why.AWAY, again=True)
    return _read(answer.status, answer.body)


def _read(status: int, body: bytes) -> Revoked | NotRevoked:
    if status in (200, 204):
        return Revoked()
    if status == 429 or status >= 500:
        return NotRevoked(Why.AWAY, again=True)
    match _error(body):
        case "invalid_token":
            return Revoked()
        case "invalid_client" | "unauthorized_client":
            return NotRevoked(Why.CLIENT)
        case _:
            return NotRevoked(Why.REFUSED)


def _error(body: bytes) -> object:
    try:
        return msgspec.json.decode(body, type=dict[str, Any]).get("error")
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
