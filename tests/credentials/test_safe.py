"""Documents in the database, and one refresh at a time for all processes."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError

from credentials import documents, sealing, services
from credentials.kinds import Kind
from credentials.models import Credential, Revision
from credentials.safe import CLAIM, Safe, SafeError
from credentials.store import Store
from credentials.vault import Vault
from tests.credentials.fakes import NOW, VAULT, person

pytestmark = pytest.mark.django_db(transaction=True)

NEXT = documents.renewed(person(), "access-2", NOW, "refresh-2")


@contextlib.asynccontextmanager
async def opened(vault: Vault = VAULT) -> AsyncIterator[tuple[Safe, Store]]:
    with ThreadPoolExecutor(max_workers=1) as executor:
        store = Store(executor)
        yield Safe(store, vault), store
        await store.close()


def add() -> int:
    row, _ = services.add(VAULT, "code-assist", Kind.CODE_ASSIST, person())
    return row.pk


async def test_one_process_claims_and_the_other_waits_and_sees_what_it_stored() -> None:
    async with opened() as (ours, store), opened() as (theirs, _):
        id = await store.run(add)
        first, second = await ours.claim(id, NOW), await theirs.claim(id, NOW)
        assert first is not None
        assert second is not None
        assert (first.ours, second.ours) == (True, False)
        assert await ours.keep(id, NEXT)
        third = await theirs.claim(id, NOW)
        assert third is not None
        assert (third.document, third.ours) == (NEXT, True)


async def test_a_claim_of_a_process_that_died_expires() -> None:
    async with opened() as (ours, store), opened() as (theirs, _):
        id = await store.run(add)
        await ours.claim(id, NOW)
        held = await theirs.claim(id, NOW + CLAIM)
        assert held is not None
        assert held.ours


async def test_a_claim_is_given_up_by_its_owner_only() -> None:
    async with opened() as (ours, store), opened() as (theirs, _):
        id = await store.run(add)
        await ours.claim(id, NOW)
        await theirs.release(id)
        again = await theirs.claim(id, NOW)
        assert again is not None
        assert not again.ours
        await ours.release(id)
        again = await theirs.claim(id, NOW)
        assert again is not None
        assert again.ours


async def test_what_is_kept_is_announced_and_still_the_same_credential() -> None:
    async with opened() as (safe, store):
        id = await store.run(add)
        before = await store.run(Revision.current)
        await safe.keep(id, NEXT)
        row = await store.run(lambda: Credential.objects.get(pk=id))
        assert row.revision == before + 1
        assert sealing.opened(VAULT, Kind.CODE_ASSIST, row.sealed) == NEXT
        found = await store.run(lambda: services.find(VAULT, "code-assist", person()))
        assert found == row


async def test_one_that_was_removed_is_not_brought_back() -> None:
    async with opened() as (safe, store):
        id = await store.run(add)
        await store.run(lambda: services.remove([id]))
        assert await safe.claim(id, NOW) is None
        assert not await safe.keep(id, NEXT)
        await safe.locate(id, "my-project")
        row = await store.run(lambda: Credential.objects.get(pk=id))
        assert (row.sealed, row.extra) == ("", {})


async def test_a_project_is_noted_beside_what_is_there() -> None:
    async with opened() as (safe, store):
        id = await store.run(add)
        await store.run(lambda: Credential.objects.update(extra={"location": "global"}))
        await safe.locate(id, "my-project")
        row = await store.run(lambda: Credential.objects.get(pk=id))
        assert row.extra == {"location": "global", "project": "my-project"}


async def test_a_document_of_another_vault_says_so() -> None:
    other = Vault([b"YW5vdGhlciBrZXksIDMyIGJ5dGVzIGxvbmcsIG9rPz8="])
    async with opened(other) as (safe, store):
        id = await store.run(add)
        with pytest.raises(SafeError, match="present keys"):
            await safe.claim(id, NOW)


async def test_a_database_that_is_away_is_one_kind_of_error() -> None:
    class Away(Store):
        async def run(self, work: object) -> object:  # type: ignore[override]
            raise OperationalError("planted host and password")

    with ThreadPoolExecutor(max_workers=1) as executor:
        with pytest.raises(SafeError) as caught:
            await Safe(Away(executor), VAULT).claim(1, NOW)
        assert "planted" not in str(caught.value)
