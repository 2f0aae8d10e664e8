"""The store of answers as the configuration wants it, with real seals and a real database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from django.db import connections

from credentials.vault import Vault
from gateway import answers
from gateway.config import Config
from keys.models import StoredAnswer
from proxy.operation import Record

NOW = datetime(2026, 3, 1, tzinfo=UTC)
VAULT = Vault([Fernet.generate_key()])


@pytest.fixture
def reader() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(connections.close_all).result()


def test_no_hours_mean_no_store(reader: ThreadPoolExecutor) -> None:
    config = replace(Config(), response_store_hours=0)
    assert answers.store(config, VAULT, reader, lambda: NOW) is None


@pytest.mark.django_db(transaction=True)
async def test_it_is_sealed_and_lives_as_long_as_it_is_set(reader: ThreadPoolExecutor) -> None:
    config = replace(Config(), response_store_hours=2)
    here = answers.store(config, VAULT, reader, lambda: NOW)
    there = answers.store(config, VAULT, reader, lambda: NOW)
    assert here is not None
    assert there is not None
    here.keep(1, Record("resp_1", b'{"input":"a secret"}'))
    await here.close()
    assert await there.find(1, "resp_1") == b'{"input":"a secret"}'
    row = await StoredAnswer.objects.aget()
    assert b"secret" not in bytes(row.sealed)
    assert (row.expires_at - NOW).total_seconds() == 7_200


@pytest.mark.django_db(transaction=True)
async def test_what_was_sealed_with_a_lost_key_is_not_there(reader: ThreadPoolExecutor) -> None:
    here = answers.store(Config(), VAULT, reader, lambda: NOW)
    assert here is not None
    here.keep(1, Record("resp_1", b"{}"))
    await here.close()
    there = answers.store(Config(), Vault([Fernet.generate_key()]), reader, lambda: NOW)
    assert there is not None
    assert await there.find(1, "resp_1") is None
