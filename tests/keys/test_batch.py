"""The first use of a key, and when it then expires."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from django.conf import settings

from keys import secret, services, stored
from keys.directory import Grant
from keys.ledger import Ledger
from keys.models import ApiKey
from keys.quota import Refused
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def times(bank: Bank, key: ApiKey) -> tuple[datetime | None, datetime | None]:
    row = ApiKey.objects.using(bank.using).get(pk=key.pk)
    return row.first_used_at, row.expires_at


def grants(bank: Bank) -> tuple[dict[int, Grant], int]:
    found = stored.grants(-1, using=bank.using)
    assert found is not None
    return {each.key_id: each.grant for each in found.keys if each.grant}, found.revision


def test_the_first_reservation_is_the_first_use(bank: Bank) -> None:
    key = bank.key(10)

    async def refused(ledger: Ledger) -> None:
        with pytest.raises(Refused):
            await ledger.reserve(key.pk, 11, "refused")

    async def story(ledger: Ledger) -> None:
        await ledger.reserve(key.pk, 1, "a")
        bank.clock.advance(hours=1)
        await ledger.reserve(key.pk, 1, "b")

    bank.run(refused)
    assert times(bank, key) == (None, None)
    begin, before = bank.clock(), grants(bank)[1]
    bank.run(story)
    assert times(bank, key) == (begin, None)
    assert grants(bank)[1] == before


def test_it_starts_the_time_of_a_key_that_expires_after_it(bank: Bank) -> None:
    keys = [bank.key(10, days_from_first_use=days) for days in (3, 5)]
    plain = bank.key(10)
    before = grants(bank)[1]
    assert grants(bank)[0][keys[0].pk].unstarted

    async def story(ledger: Ledger) -> None:
        tries = (ledger.reserve(key.pk, 1, f"r-{key.pk}") for key in (*keys, plain))
        await asyncio.gather(*tries)

    bank.run(story)
    now = bank.clock()
    assert [times(bank, key) for key in keys] == [
        (now, now + timedelta(days=3)),
        (now, now + timedelta(days=5)),
    ]
    assert times(bank, plain) == (now, None)
    changes = stored.grants(before, using=bank.using)
    assert changes is not None
    assert {each.key_id for each in changes.keys} == {key.pk for key in keys}
    grant = changes.keys[0].grant
    assert grant is not None
    assert not grant.unstarted
    assert grant.expires_at == now + timedelta(days=3)


def test_the_days_can_be_changed_after_it(bank: Bank) -> None:
    key = bank.key(10, days_from_first_use=3)
    bank.run(lambda ledger: ledger.reserve(key.pk, 1, "r"))
    services.edit(key.pk, days_from_first_use=30, using=bank.using)
    assert times(bank, key)[1] == bank.clock() + timedelta(days=30)
    services.edit(key.pk, days_from_first_use=None, using=bank.using)
    assert times(bank, key)[1] is None


def test_a_date_and_counting_replace_each_other(bank: Bank) -> None:
    key = bank.key(10, days_from_first_use=3)
    until = bank.clock() + timedelta(days=9)
    services.edit(key.pk, expires_at=until, using=bank.using)
    bank.run(lambda ledger: ledger.reserve(key.pk, 1, "r"))
    assert times(bank, key)[1] == until
    services.edit(key.pk, expires_at=None, days_from_first_use=1, using=bank.using)
    assert times(bank, key)[1] == bank.clock() + timedelta(days=1)
    row = services.edit(key.pk, expires_at=None, using=bank.using)
    assert (row.expires_at, row.days_from_first_use) == (None, None)
    row = services.edit(key.pk, expires_at=until, using=bank.using)
    assert services.edit(row.pk, description="same", using=bank.using).expires_at == until


def test_keys_without_a_revision_start_too(bank: Bank) -> None:
    text = secret.mint()
    key = ApiKey.objects.using(bank.using).create(
        digest=secret.digest(text, settings.POTLUCK_PEPPER), masked="", days_from_first_use=1
    )
    bank.run(lambda ledger: ledger.reserve(key.pk, 1, "r"))
    assert times(bank, key) == (bank.clock(), bank.clock() + timedelta(days=1))
