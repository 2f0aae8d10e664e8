from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from keys import handouts, making, secret, services, stored
from keys.attributes import Invalid
from keys.making import Offer
from keys.models import ApiKey, HandOut, KeyModelAllowance
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

PEPPER = settings.POTLUCK_PEPPER
VAULT = tuple(settings.POTLUCK_VAULT_KEYS)


def test_a_key_is_made_with_everything_that_may_be_said_of_it(bank: Bank) -> None:
    key = bank.key(
        5,
        daily_quota=3,
        time_zone="Asia/Shanghai",
        model_daily={"*Pro*": 2},
        rpm=60,
        concurrency=4,
        waiting=2,
        models=("gpt-*",),
        networks=("192.0.2.0/24",),
        days_from_first_use=30,
        created_by="admin",
    )
    found = stored.grants(-1, using=bank.using)
    assert found is not None
    grant = found.keys[0].grant
    assert grant is not None
    assert (grant.rpm, grant.concurrency, grant.waiting) == (60, 4, 2)
    assert (grant.models, grant.daily, grant.unstarted) == (("gpt-*",), True, True)
    assert grant.welcomes("192.0.2.9")
    assert not grant.welcomes("192.0.3.9")
    row = ApiKey.objects.using(bank.using).get(pk=key.pk)
    assert (row.daily_quota, row.time_zone, row.created_by) == (3, "Asia/Shanghai", "admin")
    allowed = KeyModelAllowance.objects.using(bank.using).values_list("pattern", "units")
    assert list(allowed) == [("*pro*", 2)]


def test_a_batch_is_numbered_and_each_key_has_its_units(bank: Bank) -> None:
    made = making.batch(
        PEPPER, 12, total=7, description="Discord", model_daily={"m": 1}, using=bank.using
    )
    assert [each.key.description for each in made][:2] == ["Discord 01", "Discord 02"]
    assert made[-1].key.description == "Discord 12"
    assert len({each.secret for each in made}) == 12
    for each in made:
        row = ApiKey.objects.using(bank.using).get(pk=each.key.pk)
        assert bytes(row.digest) == secret.digest(each.secret, PEPPER)
        assert row.model_daily
        assert row.entries.using(bank.using).get().units == 7
        assert each.token is None
    assert KeyModelAllowance.objects.using(bank.using).count() == 12
    assert bank.findings() == []


@pytest.mark.parametrize("count", [0, -1, 1_001])
def test_a_batch_has_a_bound(bank: Bank, count: int) -> None:
    with pytest.raises(Invalid, match="count: write a whole number from 1 to 1000"):
        making.batch(PEPPER, count, using=bank.using)


def test_nothing_is_made_of_wrong_values(bank: Bank) -> None:
    with pytest.raises(Invalid, match="rpm"):
        bank.key(5, rpm=-1)
    with pytest.raises(Invalid, match="total_quota"):
        bank.key(-5)
    assert not ApiKey.objects.using(bank.using).exists()


def test_an_edit_replaces_the_allowances_of_models(bank: Bank) -> None:
    key = bank.key(5, model_daily={"a": 1, "b": 2})
    services.edit(key.pk, model_daily={"b": 3}, models=(), using=bank.using)
    rows = KeyModelAllowance.objects.using(bank.using).values_list("pattern", "units")
    assert list(rows) == [("b", 3)]
    services.edit(key.pk, model_daily={}, using=bank.using)
    assert not ApiKey.objects.using(bank.using).get(pk=key.pk).model_daily


def test_a_link_shows_its_key_once(bank: Bank) -> None:
    now = bank.clock()
    offer = Offer(VAULT, now + timedelta(days=1))
    made = making.batch(PEPPER, 2, offer=offer, using=bank.using)
    token = made[1].token
    assert token is not None
    sealed = b"".join(bytes(row.sealed) for row in HandOut.objects.using(bank.using).all())
    assert made[1].secret.encode() not in sealed
    found = handouts.claim(token, PEPPER, VAULT, now, bank.using)
    assert found is not None
    assert (found[0].pk, found[1]) == (made[1].key.pk, made[1].secret)
    assert handouts.claim(token, PEPPER, VAULT, now, bank.using) is None
    row = HandOut.objects.using(bank.using).get(key=made[1].key)
    assert (bytes(row.sealed), row.claimed_at) == (b"", now)
    assert ApiKey.objects.using(bank.using).get(pk=found[0].pk).first_used_at is None
