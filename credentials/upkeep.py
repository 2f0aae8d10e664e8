"""What a person has done to an account at once: its token renewed, its e-mail address found."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials import sealing
from credentials.bearer import Account, Bearer, Bearers, Failure, Unready
from credentials.documents import ServiceAccount
from credentials.issuers import Issuers
from credentials.models import Credential, Revision
from credentials.oauth import identity
from credentials.opening import opened
from credentials.pool import Pool
from credentials.store import Row
from credentials.vault import Vault
from credentials.web import Unreachable, Web

T = TypeVar("T")

_MASK = re.compile(r"(?:.{4})?…(?:.{4})?")
"""The label of an account that came without a name, as `sealing.mask` makes it."""


class Trouble(Exception):
    """It cannot be done, or was refused. Its text is a sentence in the language of the thread
    that reads it, but for what others have said."""

    def __init__(self, text: str | Promise, **values: object) -> None:
        super().__init__(text)
        self._text = text
        self._values = values

    def __str__(self) -> str:
        return str(self._text) % self._values if self._values else str(self._text)


class Rows(Protocol):
    """What is needed of a store."""

    async def find(self, id: int) -> Row | None: ...

    async def run(self, work: Callable[[], T]) -> T: ...


class Upkeep:
    """Of all accounts, also of those that are not lent. Raises LookupError for one that is gone.

    `issuers` is asked each time. `web` is the control plane's.
    """

    def __init__(
        self,
        pool: Pool,
        rows: Rows,
        vault: Vault,
        bearers: Bearers,
        web: Web,
        issuers: Callable[[], Issuers],
    ) -> None:
        self._pool = pool
        self._rows = rows
        self._vault = vault
        self._bearers = bearers
        self._web = web
        self._issuers = issuers

    def __repr__(self) -> str:
        return "<Upkeep>"

    async def renew(self, id: int) -> None:
        """A new access token, although the old one may still be good. Raises Trouble."""
        account = await self._account(id)
        for token in self._tokens(account):
            self._bearers.discard(id, token)
        await self._ready(account)

    async def identify(self, id: int) -> str:
        """Finds the account's e-mail address and keeps it. Raises Trouble."""
        account = await self._account(id)
        email = await self._email(account)
        await self._rows.run(lambda: remember(id, email))
        return email

    def _tokens(self, account: Account) -> set[str]:
        """Those that would be used without asking anybody."""
        cached = self._bearers.cached(account)
        stored = getattr(account.document, "access_token", "")
        return {text for text in (stored, cached.secret if cached else "") if text}

    async def _account(self, id: int) -> Account:
        member = self._pool.company.members.get(id)
        if member is not None:
            account = member.account
        else:
            row = await self._rows.find(id)
            found = None if row is None else opened(self._vault, row, None)
            if found is None:
                raise LookupError(f"There is no credential {id} that can be used.")
            account = found.account
        if account is None:
            raise Trouble(_("It is an API key: it has no token to renew and no e-mail address."))
        return account

    async def _ready(self, account: Account) -> Bearer:
        try:
            return await self._bearers.ready(account)
        except Unready as error:
            self._learn(account, error.failure)
            raise Trouble(error.failure.reason) from None

    def _learn(self, account: Account, failure: Failure) -> None:
        self._pool.learn(account.id, failure.outcome, failure.at, words=failure.reason)

    async def _email(self, account: Account) -> str:
        document = account.document
        if isinstance(document, ServiceAccount):
            return document.client_email
        try:
            issuer = self._issuers().find(document)
        except ValueError as error:
            raise Trouble(str(error)) from None
        if not issuer.userinfo_url:
            raise Trouble(_("The account's provider does not say whose account it is."))
        bearer = await self._ready(account)
        headers = {"authorization": f"Bearer {bearer.secret}"}
        try:
            answer = await self._web.send(
                "GET", issuer.userinfo_url, headers=headers, proxy=account.proxy
            )
        except Unreachable as error:
            text = _("The account could not be asked: its provider %(how)s.")
            raise Trouble(text, how=error) from None
        return _told(answer.status, answer.body)


def remember(id: int, email: str) -> None:
    """Notes the address where lists show it, and in the place of a label that says nothing."""
    with transaction.atomic():
        revision = Revision.bump()
        row = Credential.objects.filter(pk=id, deleted_at=None).first()
        if row is None:
            return
        row.extra, row.revision = {**row.extra, "email": email}, revision
        if not row.label or _MASK.fullmatch(row.label):
            row.label = email
        row.save(update_fields=["extra", "label", "revision"])


def personal() -> frozenset[str]:
    """The kinds that can have an e-mail address."""
    return frozenset(kind.value for kind in sealing.ACCOUNTS)


class _Claims(msgspec.Struct):
    email: str = ""


def _told(status: int, body: bytes) -> str:
    if status not in (200, 401, 403):
        raise Trouble(_("The account's provider answered with status %(status)d."), status=status)
    try:
        claims = msgspec.json.decode(body, type=_Claims) if status == 200 else _Claims()
    except (msgspec.MsgspecError, RecursionError):
        raise Trouble(_("The account's provider gave an answer that is no JSON.")) from None
    email = identity.of_claims({"email": claims.email}).email
    if not email:
        raise Trouble(
            _(
                "The account does not tell its e-mail address: its owner has not allowed that. "
                "Let them consent once more, to the scope userinfo.email, too."
            )
        )
    return email
