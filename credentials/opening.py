"""From a stored row to what the pool lends: its secrets are opened, on the store's thread."""

from __future__ import annotations

import logging
from typing import NamedTuple

from msgspec.structs import replace

from credentials import egress, sealing
from credentials.bearer import Account, Bearer
from credentials.kinds import Kind
from credentials.roster import Access, Member
from credentials.store import Row
from credentials.vault import Vault, VaultError

log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """`account` of a credential that is a document; `access` then has no secret yet."""

    access: Access
    account: Account | None


def opened(vault: Vault, row: Row, known: Member | None) -> Opened | None:
    """None, with a line in the log, for one that cannot be opened.

    What is `known` already is not opened again: ten thousand secrets take a while.
    """
    try:
        kind = Kind(row.kind)
        same = known is not None and known.sealed == row.sealed and known.access.kind is kind
        if known is not None and same:
            secret = known.account.document if known.account else known.access.secret
        else:
            secret = sealing.opened(vault, kind, row.sealed)
        # Without its proxy it is not lent at all: the operator may have good reason to hide it.
        proxy = _proxy(vault, row, known)
    except (VaultError, ValueError) as error:
        log.error("Credential %s is left out: %s", row.id, error)  # noqa: TRY400 - no traceback
        return None
    text, account = "", None
    if isinstance(secret, str):
        text = secret
    else:
        account = Account(row.id, kind, secret, row.extra, proxy)
    access = Access(row.id, row.provider, row.label, text, row.base_url, row.extra, kind, proxy)
    return Opened(access, account)


def dressed(access: Access, bearer: Bearer) -> Access:
    """`access` with an account's token in it."""
    extra = {**access.extra, "project": bearer.project} if bearer.project else access.extra
    return replace(access, secret=bearer.secret, extra=extra)


def _proxy(vault: Vault, row: Row, known: Member | None) -> str:
    if not row.sealed_proxy:
        return ""
    if known is not None and known.sealed_proxy == row.sealed_proxy:
        return known.access.proxy
    return egress.checked(vault.open(row.sealed_proxy.encode()))
