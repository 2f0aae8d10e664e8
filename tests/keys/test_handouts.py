from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import connections

from keys import handouts, making, services
from keys.making import Made, Offer
from keys.models import HandOut
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

PEPPER = settings.POTLUCK_PEPPER
VAULT = tuple(settings.POTLUCK_VAULT_KEYS)


def offered(bank: Bank, count: int = 1) -> list[Made]:
    offer = Offer(VAULT, bank.clock() + timedelta(days=1))
    return making.batch(PEPPER, count, offer=offer, using=bank.using)


def claim(bank: Bank, token: str | None, vault: tuple[bytes, ...] = VAULT) -> str | None:
    found = handouts.claim(token or "", PEPPER, vault, bank.clock(), bank.using)
    return found[1] if found else None


@pytest.mark.parametrize("token", ["", "x" * 43, "é" * 43, "' OR 1=1 --"])
def test_an_unknown_link_opens_nothing(bank: Bank, token: str) -> None:
    offered(bank)
    assert claim(bank, token) is None


def test_an_expired_link_opens_nothing_and_is_forgotten(bank: Bank) -> None:
    [made] = offered(bank)
    bank.clock.advance(days=1)
    assert claim(bank, made.token) is None
    assert handouts.prune(bank.clock(), using=bank.using) == 1
    assert not HandOut.objects.using(bank.using).exists()


def test_a_link_of_a_revoked_key_opens_nothing(bank: Bank) -> None:
    [made] = offered(bank)
    services.revoke(made.key.pk, using=bank.using)
    assert claim(bank, made.token) is None
    assert handouts.prune(bank.clock(), using=bank.using) == 1


def test_the_vault_may_have_a_new_first_key(bank: Bank) -> None:
    [made] = offered(bank)
    new = Fernet.generate_key()
    assert claim(bank, made.token, (new,)) is None
    assert claim(bank, made.token, (new, *VAULT)) == made.secret


def test_a_sealed_text_opens_for_its_own_key_only(bank: Bank) -> None:
    first, second = offered(bank, 2)
    rows = HandOut.objects.using(bank.using)
    rows.filter(key=first.key).update(sealed=rows.get(key=second.key).sealed)
    assert claim(bank, first.token) is None


def test_ten_who_claim_at_once_are_one_who_gets_it(bank: Bank) -> None:
    [made] = offered(bank)

    def attempt(_: int) -> str | None:
        try:
            return claim(bank, made.token)
        finally:
            connections[bank.using].close()

    with ThreadPoolExecutor(5) as threads:
        found = list(threads.map(attempt, range(10)))
    assert sorted(found, key=str) == [None] * 9 + [made.secret]
