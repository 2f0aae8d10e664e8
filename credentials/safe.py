"""Documents in the database: opened, stored anew, and refreshed by one process at a time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import msgspec
from django.db import DatabaseError, transaction
from django.db.models import Q

from credentials import documents
from credentials.documents import Document
from credentials.models import Credential, Revision
from credentials.store import Store
from credentials.vault import Vault, VaultError

T = TypeVar("T")

CLAIM = timedelta(minutes=1)
"""Longer than a refresh can take; after it, a process that was killed no longer counts."""


class SafeError(Exception):
    """The database is away, or a document cannot be opened. The text quotes nothing."""


class Held(msgspec.Struct, frozen=True):
    """The newest stored document; `ours`: nobody else may refresh it until we are done."""

    document: Document
    ours: bool

    def __repr__(self) -> str:
        return f"<Held {'by us' if self.ours else 'by another'}>"


class Deposit(Protocol):
    """What the makers of tokens need. Every method raises SafeError."""

    async def claim(self, id: int, now: datetime) -> Held | None:
        """None when the credential is gone."""
        ...

    async def keep(self, id: int, document: Document) -> bool:
        """Stores it and gives the claim up; False when the credential is gone."""
        ...

    async def release(self, id: int) -> None: ...

    async def locate(self, id: int, project: str) -> None:
        """Notes the account's project, for good."""
        ...


class Safe:
    """All work is done on the store's thread."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._me = secrets.token_hex(8)

    async def claim(self, id: int, now: datetime) -> Held | None:
        return await self._run(lambda: self._claim(id, now))

    async def keep(self, id: int, document: Document) -> bool:
        sealed = self._vault.seal(documents.dumps(document)).decode()
        return await self._run(lambda: _keep(id, sealed))

    async def release(self, id: int) -> None:
        mine = Credential.objects.filter(pk=id, claimant=self._me)
        await self._run(lambda: mine.update(claimant="", claimed_until=None))

    async def locate(self, id: int, project: str) -> None:
        await self._run(lambda: _locate(id, project))

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await self._store.run(work)
        except DatabaseError as error:
            raise SafeError(f"The database is away ({type(error).__name__}).") from error

    def _claim(self, id: int, now: datetime) -> Held | None:
        free = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimant=self._me)
        rows = Credential.objects.filter(pk=id, deleted_at=None)
        ours = rows.filter(free).update(claimant=self._me, claimed_until=now + CLAIM)
        # Read after the claim: whoever had it before has stored what it got.
        row = rows.first()
        if row is None:
            return None
        try:
            return Held(documents.loads(self._vault.open(row.sealed.encode())), bool(ours))
        except (VaultError, ValueError) as error:
            raise SafeError(str(error)) from None


def _keep(id: int, sealed: str) -> bool:
    with transaction.atomic():
        revision = Revision.bump()
        row = Credential.objects.filter(pk=id, deleted_at=None)
        return bool(row.update(sealed=sealed, revision=revision, claimant="", claimed_until=None))


def _locate(id: int, project: str) -> None:
    with transaction.atomic():
        revision = Revision.bump()
        row = Credential.objects.filter(pk=id, deleted_at=None).first()
        if row is not None:
            row.extra, row.revision = {**row.extra, "project": project}, revision
            row.save(update_fields=["extra", "revision"])
