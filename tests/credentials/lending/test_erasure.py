"""What was withdrawn is gone: from the files, from memory, and for every key of the vault."""

from __future__ import annotations

import gc
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from credentials.bearer import Account
from credentials.documents import OAuthAccount
from credentials.health import Health, Policy, RateLimited
from credentials.history import Mishap
from credentials.kinds import Kind
from credentials.lending import erasure, services
from credentials.models import Contribution, Credential
from credentials.pool import Pool
from credentials.roster import Access, Member
from credentials.safe import Safe
from credentials.store import Change, Store
from credentials.vault import VaultError
from gateway import databases
from tests.credentials.fakes import NOW, VAULT, Clock, person
from tests.credentials.lending.lender import KEY, lend

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "planted-refresh-" + "0123456789abcdef" * 400
"""More than a page of SQLite: it lies on pages of its own."""


@pytest.fixture(autouse=True)
def _as_in_production(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every connection that is opened from here on is set up as the gateway sets up its own."""
    options = settings.DATABASES["default"]["OPTIONS"]
    connection.close()
    monkeypatch.setitem(options, "init_command", databases._SQLITE["init_command"])
    yield
    connection.close()


def files() -> bytes:
    """The database with its journals, as another process reads them."""
    path = Path(settings.DATABASES["default"]["NAME"])
    every = sorted(str(file) for file in path.parent.glob(path.name + "*"))
    return subprocess.run(["cat", *every], stdout=subprocess.PIPE, check=True).stdout


def traces(tokens: set[str], stored: bytes) -> int:
    """How many pieces of sealed texts are there, wherever they were torn apart."""
    pieces = {token[at : at + 24] for token in tokens for at in range(64, len(token) - 24, 24)}
    return sum(piece.encode() in stored for piece in pieces)


def opened(stored: bytes) -> list[str]:
    """All that the vault opens of what is in the files, whatever stands behind it."""
    starts = (found.start() for found in re.finditer(b"gAAAA", stored))
    return [text for start in starts if (text := _opened(stored[start : start + 20_000]))]


def _opened(stored: bytes) -> str:
    """A Fernet token has 57 bytes and some blocks of 16, in base64."""
    for blocks in range(1, 600):
        try:
            return VAULT.open(stored[: -(-(57 + 16 * blocks) // 3) * 4])
        except VaultError:
            continue
    return ""


def sealed(row: Contribution) -> str:
    return Credential.objects.values_list("sealed", flat=True).get(pk=row.credential_id)


async def live(store: Store, row: Contribution) -> set[str]:
    """Some life: health, failures and new tokens are written; every sealed text there was."""
    id, safe = row.credential_id, Safe(store, VAULT)
    seen = {await store.run(lambda: sealed(row))}
    for number in range(6):
        health = Health(banned="x" * 40 * number)
        await store.save([Change(id, number, health, lambda stored: stored)], NOW)
        await store.note({id: [Mishap(NOW, 500, "stumbled", "words " * 8 * number)]})
        await safe.keep(id, person(LONG[number:], access_token=f"planted-{number}" * 20 * number))
        seen.add(await store.run(lambda: sealed(row)))
    return seen


@pytest.fixture
def neighbour() -> Iterator[None]:
    """Another process that has the database open, or SQLite would clear its journal by itself."""
    found = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    found.execute("SELECT * FROM credentials_revision").fetchall()
    yield
    found.close()


@pytest.mark.usefixtures("neighbour")
async def test_after_a_withdrawal_the_files_hold_nothing_of_the_secret() -> None:
    with ThreadPoolExecutor(1) as executor:
        store = Store(executor)
        row = await store.run(lambda: lend(person(LONG), Kind.CODE_ASSIST).contribution)
        others = await store.run(lambda: [lend(f"{KEY}-{n}").contribution for n in range(20)])
        tokens = await live(store, row)
        before = await store.run(files)
        assert traces(tokens, before) > 100
        await store.run(lambda: services.withdraw(VAULT, row.pk, now=NOW))
        after = await store.run(files)
        assert traces(tokens, after) == 0
        assert len(opened(after)) == len(others)
        assert not any("planted" in text for text in opened(after))
        await store.close()


async def test_after_a_withdrawal_no_process_remembers_it() -> None:
    key, account = "key-that-is-remembered", person("planted-token-that-is-remembered")
    with ThreadPoolExecutor(1) as executor:
        store = Store(executor)
        rows = [
            await store.run(partial(lend, key)),
            await store.run(partial(lend, account, Kind.CODE_ASSIST)),
        ]
        pool = Pool(store, VAULT, Policy, Clock(), strict=True)
        await pool.start()
        (await pool.acquire("gemini", "g")).report(RateLimited("g", timedelta(hours=1)))
        assert remembered(key, account) == {key, account.refresh_token}
        for row in rows:
            await store.run(partial(services.withdraw, VAULT, row.contribution.pk, now=NOW))
        await pool.refresh()
        assert remembered(key, account) == set()
        await pool.close()


_HOLDERS = (Member, Access, Account)


def remembered(key: str, account: OAuthAccount) -> set[str]:
    """Which of the two anything in this process could use."""
    gc.collect()
    # By type: to ask a lazy object for its class would make it.
    every = [each for each in gc.get_objects() if issubclass(type(each), _HOLDERS)]
    every += [each.access for each in every if isinstance(each, Member)]
    keys = {each.secret for each in every if isinstance(each, Access)}
    documents = [each.document for each in every if isinstance(each, Account)]
    tokens = {each.refresh_token for each in documents if isinstance(each, OAuthAccount)}
    return (keys | tokens) & {key, account.refresh_token}


def test_within_a_transaction_it_waits() -> None:
    with transaction.atomic():
        assert not erasure.flush()
    assert erasure.flush()


def test_who_reads_is_not_disturbed() -> None:
    lend()
    reader = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM credentials_contribution").fetchall()
    lend("another")
    assert not erasure.flush()
    reader.execute("COMMIT")
    reader.close()
    assert erasure.flush()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,)
